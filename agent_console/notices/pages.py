"""The desk's notices 通知: what somebody is told at their desk, marked as read, leading to its case."""

from flask import Blueprint, abort, jsonify, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console import rights
from agent_console.context import console, now
from agent_console.error_pages import for_script
from storage.queries import desk_notices, notices
from storage.queries.notices import NoticeView

blueprint = Blueprint("notices", __name__)

SHOWN = 200
LONGEST_ID = 2**63


@blueprint.get("/notices")
def index() -> str:
    """What the reader was told, unread first, the newest first."""
    with console().database.read() as connection:
        unread = notices.unread_of(connection, current_user.agent_id, SHOWN)
        read_before = desk_notices.read_of(connection, current_user.agent_id, SHOWN)
    return render_template("notices/index.html", unread=unread, read_before=read_before, case_page=_case_page)


@blueprint.post("/notices/<int:notice_id>/read")
def read(notice_id: int) -> Response:
    """Mark a notice as read, and go on to its case."""
    if notice_id >= LONGEST_ID:
        abort(404)
    with console().database.write() as connection:
        mine = desk_notices.of_agent(connection, notice_id, current_user.agent_id)
        if mine is None:
            abort(404)
        notices.mark_read(connection, notice_id, current_user.agent_id, now())
    if for_script():
        return jsonify(unread=_unread())
    return redirect(_case_page(mine) or url_for("notices.index"), 303)


@blueprint.post("/notices/read")
def read_all() -> Response:
    """Mark everything as read."""
    with console().database.write() as connection:
        for notice in notices.unread_of(connection, current_user.agent_id, SHOWN):
            notices.mark_read(connection, notice.id, current_user.agent_id, now())
    return redirect(url_for("notices.index"), 303)


def _case_page(notice: NoticeView) -> str | None:
    """Where the reader finds the notice's case; None where they may see none."""
    if notice.case_number is None:
        return None
    for endpoint in ("cases.one", "units.one"):
        if rights.allowed(endpoint, current_user.role):
            return url_for(endpoint, number=notice.case_number)
    return None


def _unread() -> int:
    with console().database.read() as connection:
        return notices.count_unread(connection, current_user.agent_id)
