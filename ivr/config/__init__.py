"""Settings: config.yaml and the environment, read here and nowhere else.

>>> settings = load(Path("config.yaml"), environment={})
"""

from ivr.config.loading import load, read_person
from ivr.config.settings import FIRST_MENU, Settings

__all__ = ["FIRST_MENU", "Settings", "load", "read_person"]
