"""What the agent reads aloud, by moment of the call: which lines are due, filled in with what is known.

The wording is not here; it is read from files. A line whose places cannot all be filled is left out, or
said in its next wording that can be: nobody reads a gap or a brace aloud.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ivr.standard.task_kind import TaskKind

PLACE = re.compile(r"\{([^{}]*)\}")

PLACES = frozenset(
    {
        "company",  # the company's name
        "hotline",  # the number as customers know it
        "work_no",  # the agent's work number
        "surname",  # 李
        "caller",  # 李先生, Mr Li
        "小区",  # the four parts of the address in the archive
        "楼",
        "单元",
        "门牌",
        "全称",  # the customer's whole name
        "address",  # the address in one piece, from the archive or as typed
        "number",  # the number to be called back at
        "case_number",  # 2026-11-0001
        "unit",  # whom the work is passed on to
    }
)
"""Every place a wording may hold; :meth:`CallFacts.values` fills them."""

EITHER_FORM = {"zh": "先生/女士", "en": "Mr/Ms"}
"""Stands in a wording, word for word as in the standard; becomes the form of address once it is known."""

_ALARM = "alarm"
_ENGLISH_FORMS = {"先生": "Mr", "女士": "Ms"}


class Moment(StrEnum):
    """Where in a call a line is due."""

    GREETING = "greeting"  # the first sentence of a call that was answered
    ADDRESSING = "addressing"  # the surname, and how to address the caller
    CONFIRMING = "confirming"  # who it is and where
    HANDLING = "handling"  # what this kind of call asks and owes
    CLOSING = "closing"  # anything else, thanks, the customer hangs up first
    HOLD = "hold"  # before putting the caller on hold
    BACK_FROM_HOLD = "back_from_hold"  # taking the caller back
    TRANSFER = "transfer"  # before passing the caller on
    CONSULT = "consult"  # before asking a colleague while the caller waits, and after
    THREE_WAY = "three_way"  # when a third person joins
    SPECIAL_END = "special_end"  # the agent leaves first: silent, abusive, asked to be ended
    CALL_OUT_OPENING = "call_out_opening"  # the first sentence of a call we make
    REVISIT_OPENING = "revisit_opening"  # the first sentence of a revisit
    REVISIT_QUESTIONS = "revisit_questions"  # only after consent
    REVISIT_CLOSING = "revisit_closing"  # thanks, with the hotline's number


class LineUse(StrEnum):
    """What a line is for."""

    SAY = "say"  # read aloud
    DO = "do"  # a reminder for the agent, never read aloud


class When(StrEnum):
    """A condition for a line."""

    SURNAME_UNKNOWN = "surname_unknown"  # nobody knows yet how to address the caller
    CUSTOMER_UNKNOWN = "customer_unknown"  # the archive gave nobody
    NUMBER_UNKNOWN = "number_unknown"  # the network gave no number
    RETURNED = "returned"  # the caller was cut off before and is back
    TRANSFERRED = "transferred"  # a colleague passed the caller on
    FIRST_CONTACT = "first_contact"  # neither returned nor transferred
    THEY_CALLED = "they_called"  # the caller called us
    WE_CALLED = "we_called"  # the call is ours


class CallOutPurpose(StrEnum):
    """Why the hotline calls somebody."""

    ALARM_CALL_BACK = "alarm_call_back"  # an alarm caller hung up before being answered
    CALL_BACK = "call_back"  # the caller asked for it, or left a message
    CASE = "case"  # about a case: a question or its result
    REVISIT = "revisit"  # whether the customer is content


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One line of the script, as written.

    ``kinds`` and ``purposes``: only for these; empty for all. ``cue``: the situation it is meant for, by
    language, where it is not always said. ``wordings``: by language, the first that can be filled counts.
    """

    id: str
    moment: Moment
    wordings: Mapping[str, tuple[str, ...]]
    rule: str | None = None
    use: LineUse = LineUse.SAY
    mandated: bool = False
    tick: bool = False
    kinds: frozenset[str] = frozenset()
    purposes: frozenset[CallOutPurpose] = frozenset()
    when: When | None = None
    cue: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What is known of a call when its script is shown; None or empty where it is not known.

    ``language``: the caller's, "zh" or "en". ``kind``: consultation, repair, alarm or complaint.
    ``purpose``: of a call we make; None for a caller's. ``form_of_address``: 先生 or 女士.
    ``name``: the whole name in the archive; compound, building, entrance, door: the parts of its address.
    """

    company: str
    hotline: str
    work_number: str
    language: str = "zh"
    kind: str | None = None
    purpose: CallOutPurpose | None = None
    returned: bool = False
    transferred: bool = False
    surname: str | None = None
    form_of_address: str | None = None
    name: str | None = None
    compound: str | None = None
    building: str | None = None
    entrance: str | None = None
    door: str | None = None
    address: str | None = None
    number: str | None = None
    case_number: str | None = None
    unit: str | None = None

    def values(self) -> dict[str, str]:
        """The text for each place that can be filled."""
        either = EITHER_FORM.get(self.language, EITHER_FORM["zh"])
        caller = None
        if self.surname:
            caller = f"{either} {self.surname}" if self.language == "en" else f"{self.surname}{either}"
        known = {
            "company": self.company,
            "hotline": self.hotline,
            "work_no": self.work_number,
            "surname": self.surname,
            "caller": caller,
            "小区": self.compound,
            "楼": self.building,
            "单元": self.entrance,
            "门牌": self.door,
            "全称": self.name,
            "address": self.address,
            "number": self.number,
            "case_number": self.case_number,
            "unit": self.unit,
        }
        return {place: text for place, text in known.items() if text}


@dataclass(frozen=True, slots=True)
class DueLine:
    """A line as it is to be read now; ``line`` is what it was made of."""

    line: ScriptLine
    text: str
    cue: str | None


def purpose_of_task(kind: TaskKind) -> CallOutPurpose:
    """Why somebody is called when a task is worked off."""
    return CallOutPurpose.ALARM_CALL_BACK if kind is TaskKind.ALARM_CALL_BACK else CallOutPurpose.CALL_BACK


def steps_for(facts: CallFacts) -> tuple[Moment, ...]:
    """The moments every such call goes through, in order; the other moments come when they come.

    An alarm asks for safety and place before it asks for a name.
    """
    if facts.purpose is CallOutPurpose.REVISIT:
        return Moment.REVISIT_OPENING, Moment.REVISIT_QUESTIONS, Moment.REVISIT_CLOSING
    first = Moment.GREETING if facts.purpose is None else Moment.CALL_OUT_OPENING
    if facts.kind == _ALARM or facts.purpose is CallOutPurpose.ALARM_CALL_BACK:
        return first, Moment.HANDLING, Moment.ADDRESSING, Moment.CONFIRMING, Moment.CLOSING
    return first, Moment.ADDRESSING, Moment.CONFIRMING, Moment.HANDLING, Moment.CLOSING


def lines_for(script: Iterable[ScriptLine], moment: Moment, facts: CallFacts) -> list[DueLine]:
    """The lines that are due, in the order of the script, filled in.

    :param script: every line there is.
    :returns: lines without a place left; a line that cannot be filled is not among them.
    """
    values = facts.values()
    due = []
    for line in script:
        if line.moment is not moment or not _fits(line, facts):
            continue
        wordings = line.wordings.get(facts.language, line.wordings["zh"])
        text = next((filled for wording in wordings if (filled := fill(wording, values, facts))), None)
        if text is not None:
            cue = line.cue.get(facts.language, line.cue["zh"]) if line.cue is not None else None
            due.append(DueLine(line, text, cue))
    return due


def fill(wording: str, values: Mapping[str, str], facts: CallFacts) -> str | None:
    """Put values into a wording; None where one is missing."""
    if any(place not in values for place in PLACE.findall(wording)):
        return None
    text = PLACE.sub(lambda place: values[place[1]], wording)
    form = facts.form_of_address
    if not form:
        return text
    return text.replace(EITHER_FORM["zh"], form).replace(EITHER_FORM["en"], _ENGLISH_FORMS.get(form, form))


def _fits(line: ScriptLine, facts: CallFacts) -> bool:
    kind = _ALARM if facts.purpose is CallOutPurpose.ALARM_CALL_BACK else facts.kind
    if line.kinds and kind not in line.kinds:
        return False
    if line.purposes and facts.purpose not in line.purposes:
        return False
    return line.when is None or _CONDITIONS[line.when](facts)


_CONDITIONS: dict[When, Callable[[CallFacts], bool]] = {
    When.SURNAME_UNKNOWN: lambda facts: not facts.surname,
    When.CUSTOMER_UNKNOWN: lambda facts: not facts.name,
    When.NUMBER_UNKNOWN: lambda facts: not facts.number,
    When.RETURNED: lambda facts: facts.returned,
    When.TRANSFERRED: lambda facts: facts.transferred,
    When.FIRST_CONTACT: lambda facts: not (facts.returned or facts.transferred),
    When.THEY_CALLED: lambda facts: facts.purpose is None,
    When.WE_CALLED: lambda facts: facts.purpose is not None,
}
