"""Searching calls by what was written about them: records, corrections, notes passed on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from ivr.standard.call_stage import CallOutcome
from storage.models import Agent, Call
from storage.queries.case_search import MOST_PAGES, hits


@dataclass(frozen=True, slots=True)
class FoundCall:
    """A call, and the text in which the words stand."""

    id: int
    arrived_at: datetime
    caller_number: str | None
    queue: str | None
    outcome: CallOutcome | None
    work_number: str | None
    """Who talked last."""
    text: str


def calls(connection: Connection, typed: str, *, limit: int) -> list[FoundCall]:
    """Calls of whose texts one holds every word, the newest text first, each once.

    The newest :data:`MOST_PAGES` times ``limit`` hits are looked through. What was done about a case later
    belongs to no call; see :func:`storage.queries.case_search.cases`.
    """
    texts: dict[int, str] = {}
    before: int | None = None
    for _ in range(MOST_PAGES):
        page = hits(connection, typed, limit=limit, before=before)
        for hit in page:
            if hit.call_id is not None:
                texts.setdefault(hit.call_id, hit.text)
        if len(texts) >= limit or len(page) < limit:
            break
        before = page[-1].id
    rows = connection.execute(
        select(Call.id, Call.arrived_at, Call.caller_number, Call.queue, Call.outcome, Agent.work_number)
        .outerjoin(Agent, Agent.id == Call.agent_id)
        .where(Call.id.in_(texts))
    )
    found = {row.id: FoundCall(*row, text=texts[row.id]) for row in rows}
    return [found[call_id] for call_id in list(texts)[:limit] if call_id in found]
