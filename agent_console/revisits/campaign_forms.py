"""A new campaign as somebody filled it in, checked field by field; the words for rows that are refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import FileStorage

from agent_console.context import console, now
from agent_console.customers.import_words import why_not
from agent_console.desk.wishes import one_line
from agent_console.list_work import NOBODY_LEFT, shown_name
from agent_console.revisits import questions
from ivr.errors import ListUnreadable
from ivr.standard.customer_type import CustomerType
from ivr.standard.dial_reason import DialWay
from ivr.standard.number_rules import NumberVerdict
from storage.campaign_lists import DO_NOT_CALL, NO_NUMBER, REPEATED
from storage.queries.campaigns import RefusedRow
from storage.telephone_numbers import NumberFault

LONGEST_NAME = 80
MOST_PLACES = 200

ROW_FAULTS: dict[str, str] = {
    NO_NUMBER: lazy_gettext("no telephone number"),
    REPEATED: lazy_gettext("the number stands in row %(about)s already"),
    DO_NOT_CALL: lazy_gettext("asked not to be called (R-16.6)"),
    NumberVerdict.NOT_VALID.value: lazy_gettext("no telephone number"),
    NumberVerdict.NOT_ALLOWED.value: lazy_gettext("foreign, premium, or a number of our own"),
    NumberVerdict.EMERGENCY.value: lazy_gettext("an emergency number"),
    NumberFault.ROUNDED.value: lazy_gettext("rounded by the spreadsheet: its last digits are lost"),
    NumberFault.WRONG_LENGTH.value: lazy_gettext("too many digits or too few"),
    NumberFault.NO_AREA_CODE.value: lazy_gettext("needs its area code"),
    NumberFault.NOT_IN_USE.value: lazy_gettext("no number that exists"),
}
"""Why nobody is called of a row."""


def fault_text(row: RefusedRow) -> str:
    """Why nobody is called of a row, in words."""
    text = ROW_FAULTS.get(row.reason)
    return str(text) % {"about": row.about} if text is not None else row.reason


@dataclass(slots=True)
class CampaignForm:
    """What was filled in; ``mistakes``: by field, in words. Without any, ``wanted`` holds what was read.

    ``sent``: the file, where people come from one.
    """

    typed: Mapping[str, str]
    types: list[str] = field(default_factory=list)
    mistakes: dict[str, str] = field(default_factory=dict)
    wanted: dict[str, Any] = field(default_factory=dict)
    sent: FileStorage | None = None

    @property
    def file_name(self) -> str:
        """Of the file as it was called there."""
        return shown_name(self.sent.filename) if self.sent is not None else ""


def empty() -> CampaignForm:
    """Nothing filled in yet."""
    return CampaignForm({"whom": "file", "way": DialWay.AUTOMATIC.value})


def filled_in(form: Mapping[str, list[str]]) -> CampaignForm:
    """A form as it was sent, to be shown again."""
    return CampaignForm({name: values[0] for name, values in form.items() if values}, form.get("types", []))


def sent() -> CampaignForm:
    """What the request brings; who is called is not looked at yet."""
    form = CampaignForm(request.form, request.form.getlist("types"))
    name = one_line(request.form.get("name", ""), LONGEST_NAME)
    asked, way = request.form.get("questionnaire", ""), request.form.get("way", "")
    if name is None:
        form.mistakes["name"] = gettext("Give the campaign a name.")
    if asked not in questions.known():
        form.mistakes["questionnaire"] = gettext("Choose what is asked.")
    if way not in list(DialWay):
        form.mistakes["way"] = gettext("Choose who asks.")
    until = _until(form)
    form.wanted = {
        "name": name,
        "way": way,
        "questionnaire": asked,
        "until_at": until.isoformat() if until is not None else None,
    }
    if request.form.get("whom") == "archive":
        _archive(form)
    else:
        form.sent = request.files.get("file")
        if form.sent is None or not form.sent.filename:
            form.mistakes["file"] = why_not("nothing")
    return form


def _until(form: CampaignForm) -> datetime | None:
    text = request.form.get("until", "").strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=console().settings.zone)
    except ValueError:
        form.mistakes["until"] = gettext("This is no moment; choose day and time.")
        return None
    if moment <= now():
        form.mistakes["until"] = gettext("This moment has passed; choose one that is still to come.")
    return moment


def _archive(form: CampaignForm) -> None:
    places: list[tuple[str, str | None]] = []
    for line in request.form.get("places", "").splitlines()[: MOST_PLACES + 1]:
        compound, _, building = line.strip().partition("/")
        if compound.strip():
            places.append((compound.strip()[:80], building.strip()[:20] or None))
    types = [word for word in form.types if word in list(CustomerType)]
    if len(places) > MOST_PLACES:
        form.mistakes["places"] = gettext("At most %(most)s places; make two campaigns.", most=MOST_PLACES)
    elif not places and not types and not request.form.get("everybody"):
        form.mistakes["places"] = gettext(
            "Name places or types of customers, or tick that everybody is meant."
        )
    form.wanted |= {"places": places, "types": types}


def say(form: CampaignForm, error: ListUnreadable) -> CampaignForm:
    """The form with why nobody can be called, and what would be right."""
    if error.reason == NOBODY_LEFT:
        form.mistakes["whom"] = gettext("Nobody is left to call: every row is refused, or nobody fits.")
    else:
        form.mistakes["file"] = unreadable(error)
    return form


def unreadable(error: ListUnreadable) -> str:
    """Why a file cannot be read, and what would be right."""
    limits = console().settings.campaigns
    own = {
        "no_columns": gettext("There is no column of telephone numbers; give it the heading 电话 or phone."),
        "too_many_rows": gettext("More than %(limit)d rows. Split the list.", limit=limits.most_rows),
        "too_large": gettext(
            "The file has %(size)s MB; at most %(limit)d MB are taken. Split the list.",
            size=error.detail,
            limit=int(limits.largest_megabytes),
        ),
    }
    return str(own.get(error.reason) or why_not(error.reason, error.detail))
