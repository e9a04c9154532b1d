"""What supervisors do from the floor: each act is a wish for the engine and a line of the audit log."""

from typing import Any

from flask import Blueprint, abort, jsonify, request
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from agent_console.context import console, now
from agent_console.desk.wishes import one_line
from agent_console.refusals import sentence
from agent_console.words import BREAK_REASONS
from ivr.standard.command_kind import CommandKind
from ivr.standard.intervention import INTERVENES
from ivr.standard.notice_kind import NoticeReason, NoticeWay
from storage.queries import audit, board, commands_asked, floor_lookups, interventions, notices, sign_ins
from storage.queries.audit import ConsoleFact
from storage.queries.notices import NewNotice

blueprint = Blueprint("floor_acts", __name__, url_prefix="/floor")

LONGEST_REASON = 80
LONGEST_LINE = 300
LONGEST_ID = 2**63
OF_AGENTS = frozenset({CommandKind.READY, CommandKind.BREAK, CommandKind.SIGN_OUT})
OF_CALLS = frozenset({CommandKind.MOVE, CommandKind.RAISE})

Answer = tuple[Response, int]


@blueprint.post("/talks/<int:agent_id>/<kind>")
def at_talk(agent_id: int, kind: str) -> Answer:
    """Listen to an agent's conversation, whisper, join, take over, or leave (202 with the wish's id)."""
    wish = _wish(kind, INTERVENES)
    with console().database.write() as connection:
        who = _work_number(connection, agent_id)
        found = interventions.call_of(connection, current_user.agent_id)
        if wish is not CommandKind.LEAVE or found is None:
            talk = board.call_of(connection, agent_id)
            found = (talk.id, talk.pbx_node) if talk is not None else None
        if found is None:
            return jsonify(error=sentence("no_conversation_now")), 409
        call_id, node = found
        return _ask(connection, wish, {"work_number": who}, agent_id=agent_id, call_id=call_id, node=node)


@blueprint.post("/agents/<int:agent_id>/<kind>")
def set_agent(agent_id: int, kind: str) -> Answer:
    """Set an agent ready, on a break, or signed out; the last two with a reason, during a call after it."""
    wish = _wish(kind, OF_AGENTS)
    reason = one_line(request.form.get("reason", ""), LONGEST_REASON)
    if wish is CommandKind.SIGN_OUT and reason is None:
        return jsonify(error=gettext("Write why you sign them out; they read it.")), 422
    if wish is CommandKind.BREAK and reason is None:
        reason = next(iter(BREAK_REASONS))
    arguments = {"reason": reason} if wish is not CommandKind.READY else None
    with console().database.write() as connection:
        about: dict[str, Any] = {"work_number": _work_number(connection, agent_id)}
        if arguments is not None:
            about["reason"] = reason
        return _ask(connection, wish, about, agent_id=agent_id, arguments=arguments)


@blueprint.post("/calls/<int:call_id>/<kind>")
def steer(call_id: int, kind: str) -> Answer:
    """Move a caller who waits into another queue, or let them be served next."""
    wish = _wish(kind, OF_CALLS)
    queue = request.form.get("queue", "")
    if wish is CommandKind.MOVE and queue not in console().settings.queues:
        return jsonify(error=sentence("no_such_queue")), 422
    arguments = {"queue": queue} if wish is CommandKind.MOVE else None
    with console().database.write() as connection:
        node = floor_lookups.node_of(connection, call_id) if call_id < LONGEST_ID else None
        if node is None:
            return jsonify(error=sentence("not_waiting")), 409
        return _ask(
            connection,
            wish,
            {"queue": queue} if arguments else {},
            agent_id=current_user.agent_id,
            call_id=call_id,
            node=node,
            arguments=arguments,
        )


@blueprint.post("/line")
def tell_all() -> Answer:
    """A line to everybody who sits at a desk now; it stays on their page until they have read it."""
    text = one_line(request.form.get("text", ""), LONGEST_LINE)
    if text is None:
        return jsonify(error=gettext("Write the line first.")), 422
    said = gettext("%(who)s: %(text)s", who=f"{current_user.work_number} {current_user.name}", text=text)
    moment = now()
    with console().database.write() as connection:
        people = sign_ins.at_desks(connection)
        told = [
            NewNotice(NoticeWay.DESK, said, NoticeReason.LINE, agent_id=agent_id)
            for agent_id in people
            if agent_id != current_user.agent_id
        ]
        notices.add(connection, told, moment)
        audit.note(
            connection,
            ConsoleFact.FLOOR_ACT,
            moment,
            agent_id=current_user.agent_id,
            data={"act": "line", "said": text, "count": len(told), "address": request.remote_addr or ""},
        )
    return jsonify(told=len(told)), 201


def _wish(kind: str, allowed: frozenset[CommandKind]) -> CommandKind:
    if kind not in allowed:
        abort(404)
    return CommandKind(kind)


def _work_number(connection: Connection, agent_id: int) -> str:
    """Of somebody who may sign in; there is no page about anybody else."""
    if agent_id >= LONGEST_ID:
        abort(404)
    return floor_lookups.work_number_of(connection, agent_id) or abort(404)


def _ask(
    connection: Connection,
    wish: CommandKind,
    about: dict[str, Any],
    *,
    agent_id: int,
    call_id: int | None = None,
    node: str | None = None,
    arguments: dict[str, Any] | None = None,
) -> Answer:
    """Write the wish and the line about it in one transaction."""
    moment = now()
    command_id = commands_asked.ask(
        connection,
        wish,
        moment,
        by_agent_id=current_user.agent_id,
        agent_id=agent_id,
        call_id=call_id,
        pbx_node=node,
        arguments=arguments,
    )
    data = {"act": wish.value, **about, "command": command_id, "address": request.remote_addr or ""}
    audit.note(
        connection, ConsoleFact.FLOOR_ACT, moment, agent_id=current_user.agent_id, data=data, call_id=call_id
    )
    return jsonify(command=command_id), 202
