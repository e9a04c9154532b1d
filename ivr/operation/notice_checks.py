"""The checks of `hotline check` about what people are told: wording, mail, links, duty list (R-3.1)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from ivr.carriers.mail import MailCarrier
from ivr.config import Settings
from ivr.config.notice_texts import load_notice_texts
from ivr.errors import CarrierError
from ivr.operation.doctor import Examined, Finding, error, fine, warning
from storage.database import Database
from storage.queries import notices as told
from storage.queries import responsible_people
from storage.queries.responsible_people import Reach

LOOKED_BACK = timedelta(days=1)
MOST_NAMED = 5
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def notice_texts(examined: Examined) -> Iterator[Finding]:
    """Whether the words of all notices are there, with the places they need."""
    texts = load_notice_texts(examined.prompts_folder)
    yield fine(f"{len(texts.texts)} notices")


def notices(examined: Examined) -> Iterator[Finding]:
    """Whether people can be reached: the mail server answers, links lead somewhere, nothing was given up."""
    settings = examined.settings
    if settings.mail.host is not None:
        yield _mail_server(settings)
    given_up, reach, alone = _of_database(examined)
    if alone:
        yield warning(
            f"nobody is told of what is passed on to {', '.join(alone[:MOST_NAMED])}"
            f"{' and others' if len(alone) > MOST_NAMED else ''}; give each unit its people"
        )
    if given_up:
        yield warning(
            f"{given_up} texts or mails were given up since yesterday; the engine's log says why, "
            "under notice.given_up"
        )
    if reach.mail and settings.mail.host is None:
        yield warning(
            f"mail.host: none, though {reach.mail} people have a mail address; they are told by other ways"
        )
    only_here = settings.console.public_url is None and settings.console.host in _LOOPBACK
    if (reach.number or reach.mail) and only_here:
        yield warning(
            f"console.public_url: links in texts begin with {settings.public_url}, which only this machine "
            "reaches; write how telephones reach the pages"
        )
    if settings.texts.carrier == "file":
        yield fine(f"texts into {settings.home / 'texts' / 'outgoing.jsonl'}")


def _mail_server(settings: Settings) -> Finding:
    where = f"{settings.mail.host}:{settings.mail.port}"
    try:
        MailCarrier(settings.mail, settings.mail_password).greet()
    except CarrierError as raised:
        return warning(f"mail: {raised}; mails wait")
    return fine(f"mail server {where}")


def _of_database(examined: Examined) -> tuple[int, Reach, list[str]]:
    """How many notices were given up, how many people are told by text and mail, units without anybody."""
    opened = Database(examined.settings.database_address)
    try:
        if opened.is_sqlite and not Path(str(opened.url.database)).exists():
            return 0, Reach(0, 0), []
        opened.check()
        with opened.read() as connection:
            since = examined.now - LOOKED_BACK
            return (
                told.given_up_since(connection, since),
                responsible_people.reach(connection),
                responsible_people.units_without_people(connection),
            )
    finally:
        opened.close()


def duty_list(examined: Examined) -> Iterator[Finding]:
    """Whether leaders are called about an alarm, and can be (R-3.1)."""
    settings = examined.settings
    people = settings.duty_list.people
    if not people:
        yield warning(
            "duty_list.people: nobody; leaders are not told of an alarm by a call (R-3.1). "
            'List some, such as {name: 孙总, number: "13900000008"}'
        )
    by_number = [person.name for person in people if person.device is None]
    if by_number and all(trunk.outbound is None for trunk in settings.all_trunks):
        yield error(
            f"duty_list.people: no trunk takes calls out, so {', '.join(by_number)} cannot be called; give a "
            "trunk outbound, or each of them a device"
        )
    if people and not settings.duty_list.urgencies:
        yield warning("duty_list.urgencies: empty, so nobody is called about any alarm")
    yield fine(f"{len(people)}")
