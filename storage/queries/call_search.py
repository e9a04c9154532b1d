"""Searching calls by what was written about them: records, corrections, notes passed on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from ivr.standard.call_stage import CallOutcome
from storage.models import Agent, Call
from storage.queries.case_search import MOST_PAGES, hits

PAGE = 50
"""Hits that are read at once."""


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


def calls(connection: Connection, typed: str, *, limit: int, talked_by: int | None = None) -> list[FoundCall]:
    """Calls of whose texts one holds every word, the newest text first, each once.

    The newest :data:`MOST_PAGES` times :data:`PAGE` hits are looked through. What was done about a case later
    belongs to no call; see :func:`storage.queries.case_search.cases`.

    :param talked_by: only calls in which this agent talked last.
    """
    found: dict[int, FoundCall] = {}
    before: int | None = None
    for _ in range(MOST_PAGES):
        page = hits(connection, typed, limit=max(limit, PAGE), before=before, about="call_id")
        texts: dict[int, str] = {}
        for hit in page:
            if hit.call_id is not None and hit.call_id not in found:
                texts.setdefault(hit.call_id, hit.text)
        found |= _found(connection, texts, talked_by)
        if len(found) >= limit or len(page) < max(limit, PAGE):
            break
        before = page[-1].id
    return list(found.values())[:limit]


def _found(connection: Connection, texts: dict[int, str], talked_by: int | None) -> dict[int, FoundCall]:
    """The calls of these texts, in their order."""
    wanted = (
        select(Call.id, Call.arrived_at, Call.caller_number, Call.queue, Call.outcome, Agent.work_number)
        .outerjoin(Agent, Agent.id == Call.agent_id)
        .where(Call.id.in_(texts))
    )
    if talked_by is not None:
        wanted = wanted.where(Call.agent_id == talked_by)
    by_id = {row.id: FoundCall(*row, text=texts[row.id]) for row in connection.execute(wanted)}
    return {call_id: by_id[call_id] for call_id in texts if call_id in by_id}
