"""The tables. Importing this package makes all of them known to :class:`Base`."""

from storage.models.agents import Agent, AgentPresence, AgentSkill, AgentStateChange, SignIn
from storage.models.audit_chain import AuditLink
from storage.models.calls import Call, Offer, Recording, SurveyAnswer
from storage.models.carriers import CarrierStatus, ReceivedText
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
from storage.models.hints import HintJudgement, HintRun, QualityMark, RecordingHint
from storage.models.incidents import BlacklistProposal, ComplaintSummary, Incident, IncidentCase
from storage.models.interventions import BoardScreen, Intervention
from storage.models.notices import DutyAlert, DutyCall, Notice, ReadingPosition
from storage.models.outages import Outage, OutagePerson
from storage.models.phones import BrowserPhone, CallQuality, VisitorPhone
from storage.models.quality import (
    QualityDraw,
    QualityFinding,
    QualityObjection,
    QualityPopulation,
    QualitySample,
    QualityScore,
    QualitySheet,
)
from storage.models.records import CallRecord, Case, CaseCounter, RecordDraft, ScriptTick, Unit
from storage.models.reliability import JournalMark, SipBan
from storage.models.revisits import (
    Campaign,
    CampaignRefusal,
    DialAttempt,
    DialedNumber,
    DialerState,
    DialTask,
    DoNotCall,
    RevisitAnswer,
)
from storage.models.tasks import Task
from storage.models.trunks import TrunkCondition

__all__ = [
    "Agent",
    "AgentPresence",
    "AgentSkill",
    "AgentStateChange",
    "AuditLink",
    "Base",
    "BlacklistEntry",
    "BlacklistProposal",
    "BoardScreen",
    "BrowserPhone",
    "Call",
    "CallQuality",
    "CallRecord",
    "Campaign",
    "CampaignRefusal",
    "CarrierStatus",
    "Case",
    "CaseCounter",
    "CaseEntry",
    "CaseHandover",
    "CaseLife",
    "CaseLink",
    "CasePhoto",
    "CaseToken",
    "Command",
    "ComplaintSummary",
    "Customer",
    "CustomerChange",
    "CustomerImport",
    "CustomerNumber",
    "DialAttempt",
    "DialTask",
    "DialedNumber",
    "DialerState",
    "DoNotCall",
    "Duty",
    "DutyAlert",
    "DutyCall",
    "Engine",
    "Event",
    "HintJudgement",
    "HintRun",
    "Hold",
    "Incident",
    "IncidentCase",
    "Intervention",
    "JournalMark",
    "Notice",
    "Obligation",
    "ObligationPause",
    "ObligationWarning",
    "Offer",
    "Outage",
    "OutagePerson",
    "QualityDraw",
    "QualityFinding",
    "QualityMark",
    "QualityObjection",
    "QualityPopulation",
    "QualitySample",
    "QualityScore",
    "QualitySheet",
    "ReadingPosition",
    "ReceivedText",
    "RecordDraft",
    "Recording",
    "RecordingHint",
    "ResponsiblePerson",
    "RevisitAnswer",
    "RevisitDraw",
    "ScriptTick",
    "SearchText",
    "SignIn",
    "SipBan",
    "SurveyAnswer",
    "Talk",
    "Task",
    "Transfer",
    "TrunkCondition",
    "Unit",
    "VisitorPhone",
]
