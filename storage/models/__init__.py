"""The tables. Importing this package makes all of them known to :class:`Base`."""

from storage.models.agents import Agent, AgentPresence, AgentSkill, AgentStateChange, SignIn
from storage.models.calls import Call, Offer, Recording, SurveyAnswer
from storage.models.case_life import (
    CaseEntry,
    CaseHandover,
    CaseLife,
    CaseLink,
    Obligation,
    ObligationPause,
    ObligationWarning,
)
from storage.models.case_people import (
    BlacklistEntry,
    CasePhoto,
    CaseToken,
    Duty,
    ResponsiblePerson,
    RevisitDraw,
    SearchText,
)
from storage.models.columns import Base
from storage.models.conversation import Hold, Talk, Transfer
from storage.models.customers import Customer, CustomerChange, CustomerImport, CustomerNumber
from storage.models.engine import Command, Engine, Event
from storage.models.phones import BrowserPhone, CallQuality, VisitorPhone
from storage.models.records import CallRecord, Case, CaseCounter, RecordDraft, ScriptTick, Unit
from storage.models.tasks import Task

__all__ = [
    "Agent",
    "AgentPresence",
    "AgentSkill",
    "AgentStateChange",
    "Base",
    "BlacklistEntry",
    "BrowserPhone",
    "Call",
    "CallQuality",
    "CallRecord",
    "Case",
    "CaseCounter",
    "CaseEntry",
    "CaseHandover",
    "CaseLife",
    "CaseLink",
    "CasePhoto",
    "CaseToken",
    "Command",
    "Customer",
    "CustomerChange",
    "CustomerImport",
    "CustomerNumber",
    "Duty",
    "Engine",
    "Event",
    "Hold",
    "Obligation",
    "ObligationPause",
    "ObligationWarning",
    "Offer",
    "RecordDraft",
    "Recording",
    "ResponsiblePerson",
    "RevisitDraw",
    "ScriptTick",
    "SearchText",
    "SignIn",
    "SurveyAnswer",
    "Talk",
    "Task",
    "Transfer",
    "Unit",
    "VisitorPhone",
]
