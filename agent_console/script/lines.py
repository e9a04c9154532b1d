"""The script of a call in the console: its lines from the files, filled in with what the desk knows."""

from collections.abc import Mapping

from agent_console.context import console
from ivr.config.sections import CallKind
from ivr.standard import call_script
from ivr.standard.call_script import CallFacts, CallOutPurpose, DueLine, Moment
from ivr.standard.courtesy import Situation, Wording
from ivr.standard.customer_type import CustomerType

LONGEST_VALUE = 120
"""Characters of one value that is filled in; an address of the archive is shorter."""

_TEXTS = (
    "surname",
    "form_of_address",
    "name",
    "compound",
    "building",
    "entrance",
    "door",
    "address",
    "number",
    "case_number",
    "unit",
)
"""The facts that are filled in as they were typed."""


def lines_for(moment: Moment, facts: CallFacts) -> list[DueLine]:
    """The lines due at ``moment``, filled in, in the order in which they are said."""
    return call_script.lines_for(console().reading.library.texts.script, moment, facts)


def tips_for(customer_type: CustomerType | None) -> tuple[Wording, ...]:
    """How to serve customers of a type (R-A), each by language; none where the type is not known."""
    return console().reading.library.texts.tips[customer_type] if customer_type is not None else ()


def courtesy_for(moment: Moment) -> list[Situation]:
    """The situations whose courteous phrases belong to a moment (R-4 to R-6), in the order of the file."""
    return [one for one in console().reading.library.texts.situations if moment in one.moments]


def tickable() -> frozenset[str]:
    """The ids of the lines that are ticked once they were said."""
    return frozenset(line.id for line in console().reading.library.texts.script if line.tick)


def facts_of(work_number: str, given: Mapping[str, str]) -> CallFacts:
    """The facts of a call from what a page sent; what means nothing is left out.

    :param work_number: the agent's, spoken in the greeting (R-12.4).
    :param given: any of language, kind, purpose, returned, transferred (not empty means yes), and the
        texts surname, form_of_address, name, compound, building, entrance, door, address, number,
        case_number, unit.
    """
    settings = console().settings
    language = "en" if given.get("language") == "en" else "zh"
    kind, purpose = given.get("kind"), given.get("purpose")
    return CallFacts(
        company=settings.company_name("en" if language == "en" else "zh"),
        hotline=settings.company.hotline,
        work_number=work_number,
        language=language,
        kind=kind if kind in list(CallKind) else None,
        purpose=CallOutPurpose(purpose) if purpose in list(CallOutPurpose) else None,
        returned=bool(given.get("returned")),
        transferred=bool(given.get("transferred")),
        **{name: _one_line(given.get(name, "")) for name in _TEXTS},
    )


def _one_line(text: str) -> str | None:
    """What was typed, in one line of printable signs; None where nothing is left."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * LONGEST_VALUE])
    return " ".join(printable.split())[:LONGEST_VALUE] or None
