"""What follows from a step of a case: who is told, written in the transaction that has read the entry."""

from datetime import datetime

from sqlalchemy import Connection

from ivr.config import Settings
from ivr.errors import CaseRefused
from ivr.notices.letters import About, Letters, Receiver
from ivr.standard.notice_kind import NoticeReason
from ivr.standard.overdue import Rung
from ivr.standard.telling import Audience, Telling, tellings
from storage.queries import case_tokens, duty_calls, notices, responsible_people
from storage.queries.case_entries_told import EntryToTell


class EntryTeller:
    """Turns entries into notices, links to cases, and calls to the duty list."""

    def __init__(self, settings: Settings, letters: Letters) -> None:
        self._settings = settings
        self._letters = letters

    def tell(self, connection: Connection, entry: EntryToTell, now: datetime) -> int:
        """Write all that follows from one entry; returns how many notices."""
        found = tellings(
            entry.step,
            entry.kind,
            entry.urgency,
            entry.severity,
            self._settings.duty_list.urgencies,
            by_first_responder=entry.agent_id == entry.owner_id,
        )
        return sum(self._tell(connection, entry, telling, now) for telling in found)

    def _tell(self, connection: Connection, entry: EntryToTell, telling: Telling, now: datetime) -> int:
        receivers = self._receivers(connection, entry, telling, now)
        about = About(telling.reason, entry.case_id, urgent=telling.urgent)
        letters = self._letters
        values = {
            "number": entry.number,
            "kind": letters.kind(entry.kind),
            "responder": entry.owner,
            "unit": entry.unit,
            "address": entry.address,
            "due": letters.moment(entry.due_at),
        }
        return notices.add(connection, letters.write(telling.reason, values, about, receivers), now)

    def _receivers(
        self, connection: Connection, entry: EntryToTell, telling: Telling, now: datetime
    ) -> list[Receiver]:
        match telling.audience:
            case Audience.CUSTOMER:
                wanted = self._settings.notices.to_customers
                return [Receiver(entry.surname, number=entry.contact_number)] if wanted else []
            case Audience.FIRST_RESPONDER:
                return [Receiver(entry.owner, agent_id=entry.owner_id)]
            case Audience.UNIT:
                return self._of_unit(connection, entry, now)
            case Audience.MANAGER:
                return self._managers(connection, entry)
            case Audience.DUTY_LIST:
                return self._duty_list(connection, entry, now)

    def _of_unit(self, connection: Connection, entry: EntryToTell, now: datetime) -> list[Receiver]:
        """Heads and fitters of the unit, where the case is still at it, each with a link of their own."""
        if entry.to_unit_id is None or entry.to_unit_id != entry.unit_id:
            return []
        people = responsible_people.of_unit(connection, entry.to_unit_id)
        return [
            Receiver(
                person.name,
                person.agent_id,
                person.number,
                person.mail,
                link=self._link(connection, entry, person.id, now) if person.number or person.mail else None,
            )
            for person in people
        ]

    def _link(self, connection: Connection, entry: EntryToTell, person_id: int, now: datetime) -> str | None:
        hours = self._settings.case_links.hours
        try:
            token = case_tokens.give(connection, entry.case_id, now, hours=hours, person_id=person_id)
        except CaseRefused:
            return None  # closed or given to others meanwhile
        return f"{self._settings.public_url}/f/{entry.number}/{token}"

    def _managers(self, connection: Connection, entry: EntryToTell) -> list[Receiver]:
        if notices.was_told(connection, entry.case_id, NoticeReason.SEVERE_COMPLAINT):
            return []
        people = responsible_people.told(connection, entry.owner_id, entry.unit_id, [Rung.MANAGER])
        return [Receiver(person.name, person.agent_id, person.number, person.mail) for person in people]

    def _duty_list(self, connection: Connection, entry: EntryToTell, now: datetime) -> list[Receiver]:
        """The calls begin with this row; the texts go out at once."""
        people = self._settings.duty_list.people
        if not people or not duty_calls.begin(connection, entry.case_id, now):
            return []
        return [Receiver(person.name, number=person.number) for person in people]
