"""Finds sessions that are over: by time, after a call as the agent wished, or ended by somebody else."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from agent_console.auth import sessions
from agent_console.live_feed.stream import Stream
from agent_console.moments import milliseconds
from ivr.standard.agent_state import AgentState
from ivr.standard.command_kind import CommandKind
from storage.database import Database
from storage.queries import presence, sign_ins
from storage.queries.board import Board, SessionNow
from storage.queries.sign_ins import EndReason


class SessionsDue:
    """Ends what is due and says which open pages lost their session, and why."""

    def __init__(self, database: Database, longest: timedelta) -> None:
        """Work on ``database``; a session lasts ``longest`` (console.session_hours)."""
        self._database = database
        self._longest = longest

    def settle(self, board: Board, streams: Iterable[Stream]) -> dict[int, dict[str, Any]]:
        """End what is over by ``board``.

        :returns: by session: why and when it ended and, where it was taken over, from which address.
        :raises StorageError: the database could not be read or written.
        """
        over = {
            session.id: reason
            for session in board.sessions.values()
            if (reason := self._over(board, session)) is not None
        }
        for session_id, reason in over.items():
            session = board.sessions[session_id]
            agent = board.agents[session.agent_id]
            with self._database.write() as connection:
                if reason is EndReason.AFTER_CALL and presence.sign_out_reason(connection, agent.agent_id):
                    reason = over[session_id] = EndReason.BY_SUPERVISOR
                sessions.finish(connection, session.id, agent.agent_id, agent.role, board.at, reason)
        lost = {
            stream.reader.sign_in_id: stream.reader.agent_id
            for stream in streams
            if stream.reader.sign_in_id is not None
            # A page that opened after the board was read may have a session the board does not know yet.
            and stream.since < board.at
            and (stream.reader.sign_in_id not in board.sessions or stream.reader.sign_in_id in over)
        }
        return self._reasons(board, lost) if lost else {}

    def _over(self, board: Board, session: SessionNow) -> EndReason | None:
        if session.started_at + self._longest <= board.at:
            return EndReason.EXPIRED
        agent = board.agents.get(session.agent_id)
        if agent is None or agent.state is not AgentState.SIGNED_OUT or agent.since is None:
            return None
        if agent.since <= session.started_at:
            return None  # the engine has not yet heard of this session
        asked = board.asked.get(session.agent_id)
        signing_in = asked is not None and asked.kind is CommandKind.SIGN_IN
        if asked is not None and signing_in and (asked.done_at is None or asked.done_at >= agent.since):
            return None  # the leaving is of the session before
        return EndReason.AFTER_CALL

    def _reasons(self, board: Board, lost: dict[int, int]) -> dict[int, dict[str, Any]]:
        with self._database.read() as connection:
            ends = sign_ins.ended(connection, lost)
            whys = {agent_id: presence.sign_out_reason(connection, agent_id) for agent_id in lost.values()}
        holder = {session.agent_id: session for session in board.sessions.values()}
        found: dict[int, dict[str, Any]] = {}
        for sign_in_id, agent_id in lost.items():
            reason, at = ends.get(sign_in_id, (None, None))
            if at is None:
                reason = EndReason.DEACTIVATED.value
            taker = holder.get(agent_id) if reason == EndReason.TAKEN_OVER else None
            found[sign_in_id] = {
                "reason": reason,
                "why": whys.get(agent_id) if reason == EndReason.BY_SUPERVISOR else None,
                "at": milliseconds(at or board.at),
                "address": taker.address if taker is not None else None,
            }
        return found
