"""Makes the console: the Flask application with its pages, rights, languages and live feed."""

from datetime import timedelta
from typing import Any

from flask import Flask, abort, redirect, request, url_for
from flask_babel import gettext
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from agent_console import compression, context, error_pages, languages, moments, rights, security, words
from agent_console.accounts.pages import blueprint as accounts
from agent_console.audit_log.pages import blueprint as audit_log
from agent_console.auth import sessions
from agent_console.auth.pages import blueprint as auth
from agent_console.auth.passwords import Passwords
from agent_console.auth.throttle import limiter
from agent_console.board.pages import blueprint as board
from agent_console.calls.listens import Listens
from agent_console.calls.pages import blueprint as calls
from agent_console.cases.exports import blueprint as cases
from agent_console.cases.steps import blueprint as case_steps
from agent_console.complaints.blacklist_pages import blueprint as blacklist
from agent_console.complaints.pages import blueprint as complaints
from agent_console.context import Console
from agent_console.customers import forms
from agent_console.customers.desk_card import blueprint as customer_card
from agent_console.customers.imports import blueprint as customer_imports
from agent_console.customers.names import type_name
from agent_console.customers.pages import blueprint as customers
from agent_console.desk.pages import blueprint as desk
from agent_console.desk.records import blueprint as records
from agent_console.health.pages import blueprint as health
from agent_console.incidents.pages import blueprint as incidents
from agent_console.knowledge.pages import blueprint as knowledge
from agent_console.knowledge.reading import DeskReading
from agent_console.knowledge.topic_words import topic_word
from agent_console.live_feed.feed import LiveFeed
from agent_console.live_feed.pages import blueprint as live_feed
from agent_console.notices.pages import blueprint as notices
from agent_console.number_mask import shown
from agent_console.outages.making_pages import blueprint as new_outages
from agent_console.outages.pages import blueprint as outages
from agent_console.overdue.pages import blueprint as overdue
from agent_console.phone.pages import blueprint as phone
from agent_console.quality.listening_pages import blueprint as quality_listening
from agent_console.quality.own_pages import blueprint as own_quality
from agent_console.quality.pages import blueprint as quality
from agent_console.reports.behind_pages import blueprint as report_behind
from agent_console.reports.pages import blueprint as reports
from agent_console.revisits.campaign_pages import blueprint as campaigns
from agent_console.revisits.desk_pages import blueprint as desk_revisits
from agent_console.revisits.do_not_call_pages import blueprint as do_not_call
from agent_console.revisits.evidence import blueprint as evidence
from agent_console.revisits.pages import blueprint as revisits
from agent_console.revisits.satisfaction import blueprint as satisfaction
from agent_console.script.pages import blueprint as script
from agent_console.search.pages import blueprint as search
from agent_console.supervisor.acts import blueprint as floor_acts
from agent_console.supervisor.pages import blueprint as supervisor
from agent_console.try_it.pages import blueprint as try_it
from agent_console.units.fitter import blueprint as fitter
from agent_console.units.keeping import blueprint as unit_keeping
from agent_console.units.pages import blueprint as units
from ivr.config import Settings
from storage.database import Database
from storage.queries import demo


def create_app(settings: Settings, database: Database) -> Flask:
    """Make the application; its live feed starts with ``context.console_of(app).feed.start()``.

    :param settings: of the whole hotline; ``settings.home`` keeps the key of the cookies.
    :param database: with the schema of this program.
    """
    app = Flask("agent_console", static_url_path="/static")
    context.attach(
        app,
        Console(
            settings, database, LiveFeed(database, settings), Passwords(), Listens(), DeskReading(settings)
        ),
    )
    security.protect(app, settings)
    languages.set_up(app, settings.time_zone)
    error_pages.set_up(app)
    compression.set_up(app)
    limiter.init_app(app)
    _let_in(app, settings, database)
    _set_up_templates(app, settings, database)
    for blueprint in (
        auth,
        desk,
        records,
        desk_revisits,
        calls,
        cases,
        case_steps,
        customers,
        customer_card,
        customer_imports,
        supervisor,
        floor_acts,
        board,
        audit_log,
        knowledge,
        script,
        live_feed,
        health,
        notices,
        search,
        phone,
        try_it,
        units,
        fitter,
        unit_keeping,
        accounts,
        incidents,
        overdue,
        outages,
        new_outages,
        complaints,
        blacklist,
        revisits,
        campaigns,
        do_not_call,
        satisfaction,
        evidence,
        reports,
        report_behind,
        quality,
        quality_listening,
        own_quality,
    ):
        app.register_blueprint(blueprint)
    return app


def demo_data(database: Database) -> bool:
    """Whether made-up customers are in the archive; every page says so then."""
    with database.read() as connection:
        return demo.any_left(connection)


def _let_in(app: Flask, settings: Settings, database: Database) -> None:
    """Know who asks, and turn away who may not."""
    longest = timedelta(hours=settings.console.session_hours)
    # The page that says that the database is down must not ask it who reads: no context processor.
    people = LoginManager(app, add_context_processor=False)
    people.session_protection = None  # the token is the proof; an address may change with the network

    @people.user_loader  # type: ignore[untyped-decorator]
    def person(token: str) -> sessions.Person | None:
        return sessions.find(database, token, context.now(), longest)

    @app.before_request
    def guard() -> Response | None:
        if request.endpoint is None:
            return None  # no such page: the error page says so
        if rights.RIGHTS.get(request.endpoint, frozenset()) is rights.PUBLIC:
            return None
        if not current_user.is_authenticated:
            if error_pages.for_script() or request.method != "GET":
                abort(401)
            return redirect(url_for("auth.sign_in"), 303)
        if not rights.allowed(request.endpoint, current_user.role):
            abort(403)
        return None


def _set_up_templates(app: Flask, settings: Settings, database: Database) -> None:
    zone = settings.zone
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        word=words.word,
        topic=topic_word,
        break_reason=words.break_reason,
        failure_word=words.failure_word,
        queue=lambda name: words.queue_name(settings, name),
        clock=lambda moment: moments.clock(moment, zone),
        moment=lambda moment: moments.full(moment, zone),
        day_clock=lambda moment: moments.day_clock(moment, zone),
        duration=moments.duration,
        type_name=type_name,
        printable=forms.printable,
        masked=lambda number: shown(number, whole=False) or gettext("Number not shown"),
        whole=lambda number: shown(number, whole=True) or gettext("Number not shown"),
    )

    @app.context_processor
    def every_page() -> dict[str, Any]:
        return {
            "current_user": current_user,
            "company": settings.company_name(languages.language()),
            "hotline": settings.company.hotline,
            "zone": zone,
            "html_language": languages.html_language(),
            "language": languages.language(),
            "languages": languages.LANGUAGES,
            "colours": languages.colours(),
            "may": lambda endpoint: (
                current_user.is_authenticated and rights.allowed(endpoint, current_user.role)
            ),
            "demo_data": lambda: current_user.is_authenticated and demo_data(database),
            "script_words": lambda: words.script_words(settings),
            "signed_out_words": lambda: {key.value: str(text) for key, text in words.END_REASONS.items()},
        }
