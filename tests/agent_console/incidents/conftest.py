"""The crew of the units' tests."""

from tests.agent_console.units.conftest import crew, enter

__all__ = ["crew", "enter"]
