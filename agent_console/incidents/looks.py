"""What the live pages of alarms show of each: who called, how far the unit is, whom the duty list reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from agent_console.cases.lines import ShownLine, shown_lines
from agent_console.incidents.incident_words import OUTCOMES
from agent_console.number_mask import shown
from ivr.standard.duty_round import DutyOutcome
from storage.queries import alarms, duty_calls, incidents
from storage.queries.alarms import Course
from storage.queries.case_lists import CaseLine
from storage.queries.duty_calls import DutyCallView


@dataclass(frozen=True, slots=True)
class DutyLine:
    """A call to somebody on the duty list; the number is masked (R-18)."""

    call: DutyCallView
    number: str
    outcome: str
    """Empty while it goes on."""

    @property
    def acknowledged(self) -> bool:
        """Whether they know of it."""
        return self.call.outcome is DutyOutcome.ACKNOWLEDGED


@dataclass(frozen=True, slots=True)
class AlarmLook:
    """A case with its course on the spot."""

    row: ShownLine
    course: Course
    duty: list[DutyLine]
    incident_id: int | None

    @property
    def acknowledged_by(self) -> str | None:
        """Who of the duty list knows of it."""
        return next((line.call.person for line in self.duty if line.acknowledged), None)


def looks(connection: Connection, cases: Sequence[CaseLine], now: datetime) -> list[AlarmLook]:
    """Cases with their courses, in the order they come."""
    ids = [case.id for case in cases]
    courses = alarms.courses(connection, ids)
    known = incidents.of_cases(connection, ids)
    return [
        AlarmLook(row, courses[row.case.id], _duty(connection, row.case.id), known.get(row.case.id))
        for row in shown_lines(connection, cases, now)
    ]


def _duty(connection: Connection, case_id: int) -> list[DutyLine]:
    return [
        DutyLine(
            call,
            _masked(call.number),
            str(OUTCOMES[call.outcome]) if call.outcome is not None else "",
        )
        for call in duty_calls.of_case(connection, case_id)
    ]


def _masked(number: str) -> str:
    """A telephone number masked; of a SIP address only the host's side is left out."""
    if number.startswith("sip:"):
        return number.removeprefix("sip:").split("@")[0]
    return shown(number, whole=False) or "–"
