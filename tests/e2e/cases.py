"""Cases that end-to-end tests begin with, as the desk would have made them a moment ago."""

from datetime import UTC, datetime

from ivr.config.sections import CallKind
from ivr.standard.urgency import Urgency
from storage.queries.case_opening import Opened
from tests.e2e.rows import Rows
from tests.storage.queries.case_rows import Team, add_team, make


def team(rows: Rows) -> Team:
    """Agents who are at no desk, a unit with its people, and a manager."""
    with rows.database.write() as connection:
        return add_team(connection)


def case(
    rows: Rows,
    people: Team,
    kind: CallKind = CallKind.REPAIR,
    *,
    urgency: Urgency = Urgency.ORDINARY,
    number: str = "13912341111",
) -> Opened:
    """A case, saved now."""
    now = datetime.now(UTC)
    with rows.database.write() as connection:
        return make(connection, people, kind, at=now, urgency=urgency, contact_number=number)
