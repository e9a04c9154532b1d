"""A new campaign as somebody filled it in: checked, with its people read from a file or the archive."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

from flask import request
from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import FileStorage

from agent_console.context import Console, console, now
from agent_console.customers.import_words import why_not
from agent_console.desk.wishes import one_line
from agent_console.revisits import questions
from agent_console.revisits.list_work import LONG_LIST
from ivr.errors import ListUnreadable
from ivr.standard.customer_type import CustomerType
from ivr.standard.dial_reason import DialReason, DialWay
from ivr.standard.number_rules import NumberVerdict
from storage.campaign_lists import DO_NOT_CALL, NO_NUMBER, REPEATED, CampaignList, read_campaign_list
from storage.customer_lists.kept_files import KeptFiles
from storage.dial_rules import number_rules
from storage.queries import campaigns, do_not_call
from storage.queries.campaigns import Area, NewCampaign, RefusedRow, Somebody
from storage.telephone_numbers import NumberFault

LONGEST_NAME = 80
MOST_PLACES = 200
EVERY_BLOCKED = 10_000_000

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
    """What was filled in; ``mistakes``: by field, in words. Without any, the rest is there."""

    typed: Mapping[str, str]
    types: list[str] = field(default_factory=list)
    mistakes: dict[str, str] = field(default_factory=dict)
    new: NewCampaign | None = None
    people: list[Somebody] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    source: dict[str, Any] = field(default_factory=dict)
    later: Path | None = None
    """A long list, which is read beside this request."""
    file_name: str = ""


def empty() -> CampaignForm:
    """Nothing filled in yet."""
    return CampaignForm({"whom": "file", "way": DialWay.AUTOMATIC.value})


def sent() -> CampaignForm:
    """What the request brings; a file is read, and deleted whatever comes of it, a long one ``later``."""
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
    if not form.mistakes and name is not None:
        form.new = NewCampaign(name, DialReason.CAMPAIGN, DialWay(way), asked, until)
        if request.form.get("whom") == "archive":
            _from_archive(form)
        else:
            _from_file(form, request.files.get("file"))
    if not form.mistakes and not form.people and form.later is None:
        form.mistakes["whom"] = nobody_left()
    return form


def nobody_left() -> str:
    """Why a list of which every row is refused makes no campaign."""
    return str(gettext("Nobody is left to call: every row is refused, or nobody fits."))


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


def _from_archive(form: CampaignForm) -> None:
    places: list[tuple[str, str | None]] = []
    for line in request.form.get("places", "").splitlines()[: MOST_PLACES + 1]:
        compound, _, building = line.strip().partition("/")
        if compound.strip():
            places.append((compound.strip()[:80], building.strip()[:20] or None))
    types = [CustomerType(word) for word in form.types if word in list(CustomerType)]
    if len(places) > MOST_PLACES:
        form.mistakes["places"] = gettext("At most %(most)s places; make two campaigns.", most=MOST_PLACES)
        return
    if not places and not types and not request.form.get("everybody"):
        form.mistakes["places"] = gettext(
            "Name places or types of customers, or tick that everybody is meant."
        )
        return
    with console().database.read() as connection:
        form.people, form.refused = campaigns.people_of(connection, Area(places, types))
        blocked = _blocked(connection)
    form.refused += [
        RefusedRow(one.row, one.name or one.number, DO_NOT_CALL)
        for one in form.people
        if one.number in blocked
    ]
    form.people = [one for one in form.people if one.number not in blocked]
    form.source = {"places": [list(place) for place in places], "types": [str(one) for one in types]}


def _from_file(form: CampaignForm, given: FileStorage | None) -> None:
    settings = console().settings
    if given is None or not given.filename:
        form.mistakes["file"] = why_not("nothing")
        return
    form.file_name = "".join(sign for sign in PurePath(given.filename).name if sign.isprintable()) or "?"
    received = None
    try:
        received = KeptFiles(settings.home).receive(given.stream, int(settings.campaigns.largest_megabytes))
        if received.size_bytes > LONG_LIST:
            form.later = received.file
            return
        found = read_file(console(), received.file)
    except ListUnreadable as error:
        form.mistakes["file"] = unreadable(error)
        return
    finally:
        if received is not None and form.later is None:
            received.file.unlink(missing_ok=True)
    form.people, form.refused = found.people, found.refused
    form.source = source_of(form, found)


def read_file(hotline: Console, file: Path, tell: Callable[[int], None] = lambda done: None) -> CampaignList:
    """Read a list of people to call; who asked not to be called is refused.

    :param tell: is given how many rows are done, from time to time.
    :raises ListUnreadable: it cannot be read.
    """
    settings = hotline.settings
    with hotline.database.read() as connection:
        blocked = _blocked(connection)
    return read_campaign_list(
        file,
        number_rules(settings),
        area_code=settings.company.area_code,
        most_rows=settings.campaigns.most_rows,
        do_not_call=blocked,
        tell=tell,
    )


def source_of(form: CampaignForm, found: CampaignList) -> dict[str, Any]:
    """What is kept of where a campaign's people came from."""
    return {"file": form.file_name, "sha256": found.sha256}


def _blocked(connection: Any) -> set[str]:
    return {one.number for one in do_not_call.listed(connection, limit=EVERY_BLOCKED)}


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
