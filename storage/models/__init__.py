"""The tables. Importing this package makes all of them known to :class:`Base`."""

from storage.models.agents import Agent, AgentPresence, AgentSkill, AgentStateChange, SignIn
from storage.models.calls import Call, Offer, Recording, SurveyAnswer
from storage.models.columns import Base
from storage.models.customers import Customer, CustomerNumber
from storage.models.engine import Command, Engine, Event
from storage.models.tasks import Task

__all__ = [
    "Agent",
    "AgentPresence",
    "AgentSkill",
    "AgentStateChange",
    "Base",
    "Call",
    "Command",
    "Customer",
    "CustomerNumber",
    "Engine",
    "Event",
    "Offer",
    "Recording",
    "SignIn",
    "SurveyAnswer",
    "Task",
]
