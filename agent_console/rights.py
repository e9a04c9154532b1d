"""Who may open which page: one table of roles by route, looked up before every request.

A route that is not in the table is open to nobody; a test holds the table against the routes both ways.
"""

from ivr.config.sections import Role

PUBLIC = None
"""Open without signing in."""

EVERYBODY = frozenset(Role)
"""Open to everybody who has signed in."""

AT_A_DESK = frozenset({Role.AGENT, Role.SUPERVISOR})
"""People who take calls: they have a desk, a state and a phone."""

LISTENERS = frozenset({Role.AGENT, Role.SUPERVISOR, Role.QUALITY_READER})
"""People who may hear recordings; an agent only those of their own calls (R-18)."""

SEES_WHOLE_NUMBERS = frozenset({Role.SUPERVISOR})
"""People whose task needs the caller's whole number outside a call of their own (R-18)."""

TRANSFERS_OUTSIDE = frozenset({Role.SUPERVISOR})
"""People who may pass a caller on to a number outside the company."""

CUSTOMER_READERS = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR})
"""People who look customers up; numbers stay masked but for those who see whole ones (R-18)."""

CUSTOMER_KEEPERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
"""People who bring lists into the archive and take customers out of it."""

CALL_READERS = EVERYBODY - {Role.UNIT}
"""People who look calls up; a unit is told of a call by its case."""

AT_A_UNIT = frozenset({Role.UNIT})
"""People who work for a unit and answer no calls; they see the cases of their unit and no others."""

CASE_READERS = frozenset({Role.AGENT, Role.SUPERVISOR, Role.QUALITY_READER, Role.ADMINISTRATOR})
"""People who may open any case; each look is written down, and what they may do there is another matter."""

SEES_ALL_CASES = CASE_READERS - {Role.AGENT}
"""People whose list holds everybody's cases; an agent's holds those they are first responder of (R-FR)."""

CASE_EXPORTERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
"""People who may take lists of cases away (R-18)."""

WATCHES_CASES = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMINISTRATOR})
"""People who see the live boards of gas leaks and of what is late."""

DECIDES = frozenset({Role.SUPERVISOR})
"""People who make, join and close incidents, and decide about the blacklist (R-BL)."""

ANSWERS_FOR_COMPLAINTS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR, Role.QUALITY_READER})
"""People who read the monthly summary of complaints and take it away (R-CS)."""

UNIT_KEEPERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
"""People who keep units and their people, and hand the monthly summary in."""

KEEPS_TEXTS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
"""People who are told which articles are broken."""

REPORT_READERS = frozenset({Role.SUPERVISOR, Role.QUALITY_READER})
"""People who see the figures of everybody and take them away (R-19)."""

APPRAISAL_GROUP = frozenset({Role.SUPERVISOR, Role.QUALITY_READER})
"""People who draw recordings, score them and decide about objections (R-QA1, R-QA2)."""

ACCOUNT_KEEPERS = frozenset({Role.ADMINISTRATOR})
"""People who keep accounts: who signs in, with which role, skills and phone (R-20)."""

INTERVENES = frozenset({Role.SUPERVISOR})
"""People who go to conversations of others, steer agents and callers, and tell all desks something."""

SEES_LISTENING = frozenset({Role.SUPERVISOR, Role.QUALITY_READER, Role.ADMINISTRATOR, Role.AUDITOR})
"""People who read in the course of a call that a supervisor listened; agents read what they could notice."""

BOARD_READERS = frozenset({Role.AGENT, Role.SUPERVISOR, Role.QUALITY_READER, Role.ADMINISTRATOR})
"""People who see the live board; it shows nobody's telephone number."""

SCREEN_KEEPERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
"""People who give a screen on the wall its link, and end it."""

ANNOUNCES = frozenset({Role.SUPERVISOR})
"""People who announce planned outages, and see who was told (R-5.1)."""

CALLS_CUSTOMERS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
"""People who pause calls to customers, make campaigns, and see whom they reach (R-16.6)."""

RIGHTS: dict[str, frozenset[Role] | None] = {
    "static": PUBLIC,
    "auth.home": EVERYBODY,
    "auth.sign_in": PUBLIC,
    "auth.check_sign_in": PUBLIC,
    "auth.take_over": PUBLIC,
    "auth.sign_out": EVERYBODY,
    "auth.preferences": PUBLIC,
    "desk.page": AT_A_DESK,
    "desk.recent": AT_A_DESK,
    "desk.command": AT_A_DESK,
    "desk.targets": AT_A_DESK,
    "desk.look_again": AT_A_DESK,
    "desk_revisits.piece": AT_A_DESK,
    "desk_revisits.take": AT_A_DESK,
    "desk_revisits.put_back": AT_A_DESK,
    "desk_revisits.consent": AT_A_DESK,
    "desk_revisits.write_down": AT_A_DESK,
    "records.form": AT_A_DESK,
    "records.keep_draft": AT_A_DESK,
    "records.save": AT_A_DESK,
    "records.tick": AT_A_DESK,
    "audit_log.index": frozenset({Role.AUDITOR}),
    "calls.index": CALL_READERS,
    "calls.one": CALL_READERS,
    "calls.recording": LISTENERS,
    "customers.index": CUSTOMER_READERS,
    "customers.one": CUSTOMER_READERS,
    "customers.new": AT_A_DESK,
    "customers.create": AT_A_DESK,
    "customers.edit": AT_A_DESK,
    "customers.save": AT_A_DESK,
    "customers.remove": CUSTOMER_KEEPERS,
    "customers.call": AT_A_DESK,
    "customer_card.lookup": AT_A_DESK,
    "customer_card.card": AT_A_DESK,
    "customer_imports.index": CUSTOMER_KEEPERS,
    "customer_imports.upload": CUSTOMER_KEEPERS,
    "customer_imports.one": CUSTOMER_KEEPERS,
    "customer_imports.check": CUSTOMER_KEEPERS,
    "customer_imports.start": CUSTOMER_KEEPERS,
    "customer_imports.cancel": CUSTOMER_KEEPERS,
    "customer_imports.progress": CUSTOMER_KEEPERS,
    "customer_imports.mistakes": CUSTOMER_KEEPERS,
    "customer_imports.clear_demo": CUSTOMER_KEEPERS,
    "supervisor.floor": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "floor_acts.at_talk": INTERVENES,
    "floor_acts.set_agent": INTERVENES,
    "floor_acts.steer": INTERVENES,
    "floor_acts.tell_all": INTERVENES,
    "board.desk": BOARD_READERS,
    "board.wall": BOARD_READERS,
    "board.screen": PUBLIC,
    "board.screen_live": PUBLIC,
    "board.screens": SCREEN_KEEPERS,
    "board.add_screen": SCREEN_KEEPERS,
    "board.end_screen": SCREEN_KEEPERS,
    "phone.make_key": AT_A_DESK,
    "phone.key_mark": AT_A_DESK,
    "phone.quality": AT_A_DESK,
    "phone.test_page": AT_A_DESK,
    "try_it.page": PUBLIC,
    "try_it.make_key": PUBLIC,
    "try_it.still_here": PUBLIC,
    "try_it.leave": PUBLIC,
    "cases.index": CASE_READERS,
    "cases.one": CASE_READERS,
    "cases.on_paper": CASE_READERS,
    "cases.export": CASE_EXPORTERS,
    "case_steps.step": AT_A_DESK,
    "case_steps.call": AT_A_DESK,
    "cases.add_photo": CASE_READERS,
    "cases.photo": CASE_READERS,
    "search.index": CASE_READERS,
    "notices.index": EVERYBODY,
    "notices.read": EVERYBODY,
    "notices.read_all": EVERYBODY,
    "knowledge.index": EVERYBODY,
    "knowledge.search": EVERYBODY,
    "knowledge.article": EVERYBODY,
    "knowledge.phrases": EVERYBODY,
    "script.lines": AT_A_DESK,
    "units.index": AT_A_UNIT,
    "units.part": AT_A_UNIT,
    "units.one": AT_A_UNIT,
    "units.step": AT_A_UNIT,
    "units.add_photo": AT_A_UNIT,
    "units.photo": AT_A_UNIT,
    "incidents.index": WATCHES_CASES,
    "incidents.part": WATCHES_CASES,
    "incidents.one": WATCHES_CASES,
    "incidents.one_part": WATCHES_CASES,
    "incidents.begin": DECIDES,
    "incidents.join": DECIDES,
    "incidents.close": DECIDES,
    "outages.index": ANNOUNCES,
    "new_outages.new": ANNOUNCES,
    "new_outages.make": ANNOUNCES,
    "new_outages.reading": ANNOUNCES,
    "new_outages.progress": ANNOUNCES,
    "outages.one": ANNOUNCES,
    "outages.part": ANNOUNCES,
    "outages.move": ANNOUNCES,
    "outages.set_end": ANNOUNCES,
    "outages.say": ANNOUNCES,
    "outages.sound": ANNOUNCES,
    "outages.people": ANNOUNCES,
    "overdue.index": WATCHES_CASES,
    "overdue.part": WATCHES_CASES,
    "complaints.index": CASE_READERS,
    "complaints.monthly": ANSWERS_FOR_COMPLAINTS,
    "complaints.as_workbook": ANSWERS_FOR_COMPLAINTS,
    "complaints.hand_in": UNIT_KEEPERS,
    "blacklist.index": AT_A_DESK,
    "blacklist.propose": AT_A_DESK,
    "blacklist.approve": DECIDES,
    "blacklist.turn_down": DECIDES,
    "blacklist.lift": DECIDES,
    "unit_keeping.index": UNIT_KEEPERS,
    "unit_keeping.add": UNIT_KEEPERS,
    "unit_keeping.one": UNIT_KEEPERS,
    "unit_keeping.change": UNIT_KEEPERS,
    "unit_keeping.remove": UNIT_KEEPERS,
    "unit_keeping.add_person": UNIT_KEEPERS,
    "unit_keeping.end_person": UNIT_KEEPERS,
    "accounts.index": ACCOUNT_KEEPERS,
    "accounts.add": ACCOUNT_KEEPERS,
    "accounts.one": ACCOUNT_KEEPERS,
    "accounts.change": ACCOUNT_KEEPERS,
    "accounts.leave": ACCOUNT_KEEPERS,
    "accounts.back": ACCOUNT_KEEPERS,
    "accounts.renew": ACCOUNT_KEEPERS,
    "accounts.join": ACCOUNT_KEEPERS,
    "accounts.end_unit": ACCOUNT_KEEPERS,
    "fitter.case": PUBLIC,
    "fitter.step": PUBLIC,
    "fitter.add_photo": PUBLIC,
    "fitter.photo": PUBLIC,
    "revisits.index": CALLS_CUSTOMERS,
    "revisits.part": CALLS_CUSTOMERS,
    "revisits.switch": CALLS_CUSTOMERS,
    "revisits.plan": CALLS_CUSTOMERS,
    "revisits.tasks": CALLS_CUSTOMERS,
    "revisits.task": CALLS_CUSTOMERS,
    "revisits.cancel": CALLS_CUSTOMERS,
    "campaigns.index": CALLS_CUSTOMERS,
    "campaigns.new": CALLS_CUSTOMERS,
    "campaigns.make": CALLS_CUSTOMERS,
    "campaigns.reading": CALLS_CUSTOMERS,
    "campaigns.reading_progress": CALLS_CUSTOMERS,
    "campaigns.one": CALLS_CUSTOMERS,
    "campaigns.move": CALLS_CUSTOMERS,
    "campaigns.refused": CALLS_CUSTOMERS,
    "campaigns.refused_file": CALLS_CUSTOMERS,
    "do_not_call.index": CALLS_CUSTOMERS,
    "do_not_call.add": CALLS_CUSTOMERS,
    "do_not_call.lift": CALLS_CUSTOMERS,
    "satisfaction.index": REPORT_READERS,
    "evidence.on_paper": CALLS_CUSTOMERS,
    "reports.index": REPORT_READERS,
    "report_behind.calls": REPORT_READERS,
    "report_behind.cases": REPORT_READERS,
    "report_behind.states": REPORT_READERS,
    "reports.as_workbook": REPORT_READERS,
    "reports.as_pdf": REPORT_READERS,
    "reports.plan": REPORT_READERS,
    "quality.index": APPRAISAL_GROUP,
    "quality.draw": APPRAISAL_GROUP,
    "quality.one": APPRAISAL_GROUP,
    "quality.score": APPRAISAL_GROUP,
    "quality.ranking": APPRAISAL_GROUP,
    "quality_listening.wave": APPRAISAL_GROUP,
    "quality_listening.own_wave": AT_A_DESK,
    "quality_listening.add_mark": APPRAISAL_GROUP,
    "quality_listening.judge": APPRAISAL_GROUP,
    "own_quality.index": AT_A_DESK,
    "own_quality.one": AT_A_DESK,
    "own_quality.object_to": AT_A_DESK,
    "live_feed.live": EVERYBODY,
    "live_feed.session": EVERYBODY,
    "health.alive": PUBLIC,
    "health.ready": PUBLIC,
    "health.metrics": PUBLIC,
}


def allowed(endpoint: str, role: Role) -> bool:
    """Whether somebody with ``role`` may use ``endpoint``."""
    roles = RIGHTS.get(endpoint, frozenset())
    return roles is PUBLIC or role in roles


def first_page(role: Role) -> str:
    """The endpoint somebody begins at after signing in."""
    if role in AT_A_DESK:
        return "desk.page"
    if role in AT_A_UNIT:
        return "units.index"
    if allowed("supervisor.floor", role):
        return "supervisor.floor"
    return "calls.index"
