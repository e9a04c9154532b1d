"""The hotline's parts fail at random under alarm calls: ``make chaos``; calls for an hour: ``make soak``."""
