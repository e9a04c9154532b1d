"""The clockwork of cases as config.yaml and the published holidays set it (R-CT, R-OV)."""

from ivr.config import Settings
from ivr.config.case_sections import working_days
from ivr.standard.obligations import Clockwork
from ivr.working_calendar import published_kind


def clockwork(settings: Settings) -> Clockwork:
    """What clocks of cases run by: zone and working days, the numbers of the standard, shares to warn at."""
    calendar = working_days(settings.zone, settings.special_days, published_kind)
    return settings.obligations.clockwork(calendar)
