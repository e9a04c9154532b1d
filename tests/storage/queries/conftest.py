"""What tests of queries share."""

import pytest

from ivr.config import Settings
from storage.dial_rules import DialRules, dial_rules


@pytest.fixture
def rules(settings: Settings) -> DialRules:
    """What calling customers goes by in the project's own config.yaml."""
    return dial_rules(settings)
