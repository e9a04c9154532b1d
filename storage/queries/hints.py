"""Hints of drawn recordings: which wait to be made, those that were, and what readers say (R-QA2, R-9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from ivr.standard.recording_status import RecordingStatus
from ivr.standard.talk_hints import Hint, HintKind, Span
from storage.models import (
    HintJudgement,
    HintRun,
    Hold,
    QualitySample,
    Recording,
    RecordingHint,
)
from storage.queries.upsert import insert_or


@dataclass(frozen=True, slots=True)
class HintWork:
    """A drawn recording without hints; ``holds`` in seconds from its beginning."""

    recording_id: int
    name: str
    holds: list[Span]


@dataclass(frozen=True, slots=True)
class MadeHints:
    """What was made of a recording; times in seconds, ``agent_share`` 0 to 1."""

    seconds: float
    caller_seconds: float
    agent_seconds: float
    agent_share: float | None
    characters_a_minute: float | None
    recognised: bool
    caller: Sequence[Span]
    agent: Sequence[Span]
    hints: Sequence[Hint]


@dataclass(frozen=True, slots=True)
class HintsRun:
    """What was made of a recording, as a page shows it; ``failure``: why nothing could be made."""

    caller_seconds: float | None
    agent_seconds: float | None
    agent_share: float | None
    characters_a_minute: float | None
    recognised: bool
    spoken: dict[str, Any]
    failure: str | None


@dataclass(frozen=True, slots=True)
class ShownHint:
    """A hint as a reader sees it; ``wrong``: how many said so, ``mine``: this reader, 0 or 1."""

    id: int
    kind: HintKind
    begin: float
    end: float
    detail: str
    wrong: int
    mine: int


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many hints of a kind there are, and how many were said to be wrong."""

    kind: HintKind
    hints: int
    wrong: int


def waiting(connection: Connection, most: int) -> list[HintWork]:
    """Drawn recordings that nothing was made of, the newest first."""
    rows = connection.execute(
        select(Recording.id, Recording.name, Recording.call_id, Recording.started_at)
        .where(
            Recording.id.in_(select(QualitySample.recording_id)),
            Recording.status == RecordingStatus.FINISHED,
            ~select(HintRun.recording_id).where(HintRun.recording_id == Recording.id).exists(),
        )
        .order_by(Recording.id.desc())
        .limit(most)
    ).all()
    return [HintWork(row.id, row.name, holds_of(connection, row.call_id, row.started_at)) for row in rows]


def holds_of(connection: Connection, call_id: int, since: datetime) -> list[Span]:
    """When a caller heard music, in seconds from ``since``."""
    rows = connection.execute(
        select(Hold.began_at, Hold.ended_at)
        .where(Hold.call_id == call_id, Hold.ended_at.is_not(None))
        .order_by(Hold.began_at)
    )
    return [
        Span(max(0.0, (began - since).total_seconds()), (ended - since).total_seconds())
        for began, ended in rows
        if ended is not None and ended > since
    ]


def keep(
    connection: Connection, recording_id: int, made: MadeHints | None, failure: str, now: datetime
) -> None:
    """Write what was made of a recording, or (None) why nothing could be; made again it changes nothing."""
    values: dict[str, Any] = {"recognised": False, "spoken": {}, "failure": failure[:200] or None}
    if made is not None:
        values = {
            "seconds": made.seconds,
            "caller_seconds": made.caller_seconds,
            "agent_seconds": made.agent_seconds,
            "agent_share": made.agent_share,
            "characters_a_minute": made.characters_a_minute,
            "recognised": made.recognised,
            "spoken": {"caller": _pairs(made.caller), "agent": _pairs(made.agent)},
        }
    first = connection.execute(
        insert_or(connection, HintRun)
        .values(recording_id=recording_id, made_at=now, **values)
        .on_conflict_do_nothing(index_elements=["recording_id"])
        .returning(HintRun.recording_id)
    ).one_or_none()
    if first is not None and made is not None and made.hints:
        connection.execute(
            insert(RecordingHint),
            [
                {
                    "recording_id": recording_id,
                    "kind": hint.kind,
                    "begin_seconds": round(hint.begin, 2),
                    "end_seconds": round(hint.end, 2),
                    "detail": hint.detail[:100],
                }
                for hint in made.hints
            ],
        )


def _pairs(spans: Sequence[Span]) -> list[list[float]]:
    return [[span.begin, span.end] for span in spans]


def run_of(connection: Connection, recording_id: int) -> HintsRun | None:
    """What was made of a recording; None: nothing yet."""
    row = connection.execute(
        select(
            HintRun.caller_seconds,
            HintRun.agent_seconds,
            HintRun.agent_share,
            HintRun.characters_a_minute,
            HintRun.recognised,
            HintRun.spoken,
            HintRun.failure,
        ).where(HintRun.recording_id == recording_id)
    ).one_or_none()
    return HintsRun(*row) if row is not None else None


def of_recording(connection: Connection, recording_id: int, reader_id: int) -> list[ShownHint]:
    """The hints of a recording in the order of time, as one reader sees them."""
    wrong = select(func.count()).where(HintJudgement.hint_id == RecordingHint.id)
    mine = wrong.where(HintJudgement.agent_id == reader_id)
    rows = connection.execute(
        select(
            RecordingHint.id,
            RecordingHint.kind,
            RecordingHint.begin_seconds,
            RecordingHint.end_seconds,
            RecordingHint.detail,
            wrong.scalar_subquery(),
            mine.scalar_subquery(),
        )
        .where(RecordingHint.recording_id == recording_id)
        .order_by(RecordingHint.begin_seconds, RecordingHint.id)
    )
    return [ShownHint(*row) for row in rows.all()]


def judge(
    connection: Connection, recording_id: int, hint_id: int, agent_id: int, now: datetime, *, wrong: bool
) -> bool:
    """A reader says that a hint is wrong, or takes that back; False: this recording has no such hint."""
    there = select(RecordingHint.id).where(
        RecordingHint.id == hint_id, RecordingHint.recording_id == recording_id
    )
    if connection.execute(there).one_or_none() is None:
        return False
    if wrong:
        said = insert_or(connection, HintJudgement).values(hint_id=hint_id, agent_id=agent_id, at=now)
        connection.execute(said.on_conflict_do_nothing(index_elements=["hint_id", "agent_id"]))
    else:
        connection.execute(
            delete(HintJudgement).where(HintJudgement.hint_id == hint_id, HintJudgement.agent_id == agent_id)
        )
    return True


def counts(connection: Connection) -> list[KindCount]:
    """What hints were worth so far: of each kind, how many, and how many some reader found wrong."""
    judged = select(HintJudgement.hint_id).distinct().subquery()
    rows = connection.execute(
        select(RecordingHint.kind, func.count(), func.count(judged.c.hint_id))
        .outerjoin(judged, judged.c.hint_id == RecordingHint.id)
        .group_by(RecordingHint.kind)
        .order_by(RecordingHint.kind)
    )
    return [KindCount(*row) for row in rows]
