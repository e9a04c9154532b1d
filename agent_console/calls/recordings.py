"""Sound of recordings: found safely, given to those who may hear it, every listen in the audit log."""

from pathlib import Path
from typing import Any

from flask import abort, request, send_file
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console import error_pages
from agent_console.auth.pages import origin
from agent_console.context import console, now
from ivr.config import Settings
from ivr.config.sections import Role
from ivr.standard.recording_status import RecordingStatus
from storage.queries import audit, call_list
from storage.queries.audit import ConsoleFact


def may_listen(role: Role, agent_id: int, recording: Any) -> bool:
    """Whether somebody may hear a recording: supervisors and quality readers all, agents their own."""
    if role in (Role.SUPERVISOR, Role.QUALITY_READER):
        return True
    return role is Role.AGENT and recording.agent_id == agent_id


def file_of(settings: Settings, name: str) -> Path | None:
    """The sound file of a recording, None where there is none.

    The name comes from the database, but a file outside the folder is never given, whatever it says.
    """
    folder = settings.recordings_folder.resolve()
    if not name or "\0" in name:
        return None
    file = (folder / f"{name}.wav").resolve()
    return file if file.is_relative_to(folder) and file.is_file() else None


def send(recording_id: int) -> Response:
    """The sound of a recording, or a clear answer why there is none."""
    if recording_id >= 2**63:
        abort(404)
    with console().database.read() as connection:
        found = call_list.recording(connection, recording_id)
    if found is None:
        abort(404)
    if not may_listen(current_user.role, current_user.agent_id, found):
        abort(403)
    if found.status is RecordingStatus.DELETED:
        text = gettext("Its time was over; it was deleted by the rule for keeping recordings.")
        return error_pages.answer(404, gettext("No recording"), text)
    file = file_of(console().settings, found.name)
    if file is None:
        text = gettext("The file of this recording is not there. It is a finding; tell your supervisor.")
        return error_pages.answer(404, gettext("No recording"), text)
    listen = (current_user.sign_in_id, recording_id)
    if not console().listens.goes_on(listen, from_start=_from_start()):
        with console().database.write() as connection:
            audit.note(
                connection,
                ConsoleFact.LISTENED,
                now(),
                agent_id=current_user.agent_id,
                call_id=found.call_id,
                data={"recording": recording_id, "sign_in": current_user.sign_in_id, **origin().data()},
            )
        console().listens.note(listen)  # only now: what could not be noted is noted by the next request
    return send_file(file, mimetype="audio/wav", conditional=True, etag=False, last_modified=None)


def _from_start() -> bool:
    wanted = request.range
    return wanted is None or any(begin in (0, None) for begin, _ in wanted.ranges)
