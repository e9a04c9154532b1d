"""The customer archive: search, one customer with history and calls, new, edit, take out (R-12.6, R-18)."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console.cases.lines import shown_lines
from agent_console.cases.time_left import time_left_words
from agent_console.context import console, now
from agent_console.customers import forms, looks
from agent_console.customers.forms import CustomerForm
from agent_console.customers.names import FIELD_NAMES, METER_KINDS, change_value, field_name
from agent_console.moments import milliseconds
from agent_console.revisits import evidence
from agent_console.rights import allowed
from ivr.errors import AccountNumberTaken, ChangedMeanwhile, Conflict
from ivr.standard.chinese_name import SIR_OR_MADAM
from ivr.standard.command_kind import CommandKind
from ivr.standard.customer_type import CustomerType
from storage.customer_search import LONGEST_SEARCH
from storage.customer_values import FIELDS, CustomerValues
from storage.queries import (
    caller_history,
    case_lists,
    commands_asked,
    customer_calls,
    customer_history,
    customers,
)
from storage.queries.customers import CustomerView

blueprint = Blueprint("customers", __name__)

A_PAGE = 30
MOST_CALLS = 100
MOST_CASES = 100
LONGEST_REASON = 200
LONGEST_ID = 2**63

Answer = str | Response | tuple[str, int]


@blueprint.get("/customers")
def index() -> str:
    """Search the archive; all customers where nothing is searched for."""
    text = request.args.get("q", "").strip()
    number = min(max(1, request.args.get("page", 1, type=int)), 10**6)
    with console().database.read() as connection:
        found = customers.search_page(
            connection,
            text,
            limit=A_PAGE,
            offset=(number - 1) * A_PAGE,
            number_anywhere=looks.sees_whole_numbers(),
            area_code=console().settings.company.area_code,
        )
    if found.customers:
        with console().database.write() as connection:
            looks.note_search(connection, text, found.customers, found.total)
    return render_template(
        "customers/index.html",
        text=text[:LONGEST_SEARCH],
        cut=len(text) > LONGEST_SEARCH,
        found=found.customers,
        total=found.total,
        page=number,
        pages=max(1, -(-found.total // A_PAGE)),
        whole=looks.sees_whole_numbers(),
        number_text=looks.number_text,
    )


@blueprint.get("/customers/<int:customer_id>")
def one(customer_id: int) -> str:
    """One customer; every look is written to the audit log (R-18)."""
    settings, moment = console().settings, now()
    with console().database.read() as connection:
        customer = _known(customers.one(connection, customer_id) if customer_id < LONGEST_ID else None)
        call_id = looks.at_hand(connection, customer)
        history = customer_history.history(connection, customer_id)
        calls = customer_calls.last_calls(
            connection, customer.numbers, limit=MOST_CALLS, area_code=settings.company.area_code
        )
        same = [
            spelling
            for number in customer.numbers
            for spelling in caller_history.numbers_like(number, settings.company.area_code)
        ]
        found = case_lists.of_customer(connection, customer_id, same, limit=MOST_CASES)
        cases = shown_lines(connection, found, moment)
    with console().database.write() as connection:
        looks.note_look(connection, customer_id, where="page", call_id=call_id)
    whole = looks.sees_whole_numbers() or call_id is not None
    calls_to = evidence.of_customer(customer) if allowed("evidence.on_paper", current_user.role) else None
    return render_template(
        "customers/one.html",
        customer=customer,
        numbers=looks.shown_numbers(customer, whole=whole),
        history=[
            {
                "change": change,
                "field": field_name(change.field),
                "before": change_value(change, change.before, whole=whole),
                "after": change_value(change, change.after, whole=whole),
            }
            for change in history
        ],
        calls=calls,
        cases=cases,
        most_calls=MOST_CALLS,
        most_cases=MOST_CASES,
        whole=whole,
        made_at=milliseconds(moment),
        calls_to=calls_to,
        more_words=time_left_words(settings.obligations.warn_at),
    )


def _known(customer: CustomerView | None) -> CustomerView:
    if customer is None:
        abort(404)
    return customer


@blueprint.get("/customers/new")
def new() -> str:
    """An empty form, with the number in it that the address names (``?number=``)."""
    return _form_page(forms.empty(request.args.get("number", "")), None)


@blueprint.post("/customers/new")
def create() -> Answer:
    """Make a customer."""
    form, values = forms.sent(None)
    if values is None:
        return _form_page(form, None), 422
    if not request.form.get("anyway"):
        with console().database.read() as connection:
            alike = customers.alike(connection, values)
        if alike:
            return _form_page(form, None, alike=alike), 409
    try:
        with console().database.write() as connection:
            made = customers.create(connection, values, current_user.agent_id, now())
    except (AccountNumberTaken, Conflict):
        return _form_page(_with_taken(form), None), 409
    flash(gettext("%(name)s is in the archive.", name=values.name))
    return redirect(url_for("customers.one", customer_id=made), 303)


@blueprint.get("/customers/<int:customer_id>/edit")
def edit(customer_id: int) -> str:
    """The form of a customer."""
    customer = _editable(customer_id)
    with console().database.write() as connection:
        looks.note_look(connection, customer_id, where="form")
    return _form_page(forms.of(customer), customer)


def _editable(customer_id: int) -> CustomerView:
    with console().database.read() as connection:
        customer = _known(customers.one(connection, customer_id) if customer_id < LONGEST_ID else None)
    if customer.removed_at is not None:
        abort(404)
    return customer


@blueprint.post("/customers/<int:customer_id>/edit")
def save(customer_id: int) -> Answer:
    """Change a customer; who was faster is not overwritten unseen."""
    customer = _editable(customer_id)
    form, values = forms.sent(customer)
    if values is None:
        return _form_page(form, customer), 422
    try:
        with console().database.write() as connection:
            changed = customers.edit(
                connection, customer_id, form.version, values, current_user.agent_id, now()
            )
    except ChangedMeanwhile:
        return _changed_meanwhile(customer_id, form, values)
    except (AccountNumberTaken, Conflict):
        return _form_page(_with_taken(form), customer), 409
    flash(gettext("Saved.") if changed else gettext("Nothing was changed."))
    return redirect(url_for("customers.one", customer_id=customer_id), 303)


def _changed_meanwhile(customer_id: int, form: CustomerForm, typed: CustomerValues) -> Answer:
    """Show what was typed beside what the archive says now; saving again then replaces that knowingly."""
    customer = _editable(customer_id)
    with console().database.read() as connection:
        last = customer_history.history(connection, customer_id, limit=1)
    differing = {
        name: getattr(customer, name)
        for name in FIELDS
        if name != "numbers" and getattr(customer, name) != getattr(typed, name)
    }
    now_there = {
        name: str(value) if not isinstance(value, CustomerType) else value
        for name, value in differing.items()
    }
    fresh = replace(form, version=customer.version)
    return _form_page(fresh, customer, now_there=now_there, last=last[0] if last else None), 409


def _with_taken(form: CustomerForm) -> CustomerForm:
    text = gettext("Another customer has this account number.")
    return replace(form, mistakes={**form.mistakes, "account_number": [text]})


def _form_page(form: CustomerForm, customer: CustomerView | None, **more: Any) -> str:
    whole = looks.sees_whole_numbers()
    if customer is not None and not whole:
        with console().database.read() as connection:
            whole = looks.at_hand(connection, customer) is not None
    return render_template(
        "customers/form.html",
        form=form,
        customer=customer,
        numbers=looks.shown_numbers(customer, whole=whole) if customer is not None else [],
        names=FIELD_NAMES,
        types=list(CustomerType),
        forms_of_address=SIR_OR_MADAM,
        meter_kinds=METER_KINDS,
        **more,
    )


@blueprint.post("/customers/<int:customer_id>/remove")
def remove(customer_id: int) -> Answer:
    """Take a customer out of the archive, for a reason; nothing is deleted (R-AR)."""
    customer = _editable(customer_id)
    reason = " ".join(request.form.get("reason", "").split())[:LONGEST_REASON]
    if not reason or not reason.isprintable():
        flash(gettext("Write why the customer is taken out."))
        return redirect(url_for("customers.one", customer_id=customer_id), 303)
    version = request.form.get("version", customer.version, type=int)
    try:
        with console().database.write() as connection:
            customers.remove(connection, customer_id, version, reason, current_user.agent_id, now())
    except ChangedMeanwhile:
        flash(gettext("Somebody else has changed this customer meanwhile. Look again."))
        return redirect(url_for("customers.one", customer_id=customer_id), 303)
    flash(gettext("%(name)s is no longer in the archive; the history stays.", name=customer.name))
    return redirect(url_for("customers.index"), 303)


@blueprint.post("/customers/<int:customer_id>/call")
def call(customer_id: int) -> Answer:
    """Ask the engine to call one of the customer's numbers, named by its key; it need not be seen (R-18)."""
    customer = _editable(customer_id)
    key = request.form.get("number", "")
    number = next((known for known in customer.numbers if looks.number_key(known) == key), None)
    if number is None:
        abort(404)
    with console().database.write() as connection:
        commands_asked.ask(
            connection,
            CommandKind.CALL_OUT,
            now(),
            by_agent_id=current_user.agent_id,
            agent_id=current_user.agent_id,
            arguments={"number": number, "customer_id": customer_id, "case_id": None},
        )
    flash(gettext("The call to %(name)s is asked for; it rings at your desk.", name=customer.called))
    return redirect(url_for("customers.one", customer_id=customer_id), 303)
