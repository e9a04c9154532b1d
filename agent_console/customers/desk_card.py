"""What the desk asks about a customer while a call is at hand: who has this number, and one as a card."""

from flask import Blueprint, abort, jsonify, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console.context import console, now
from agent_console.customers import looks
from agent_console.customers.names import type_name
from agent_console.languages import language
from agent_console.script.lines import tips_for
from ivr.config.sections import Role
from storage.queries import caller_history, customer_calls, customers

blueprint = Blueprint("customer_card", __name__)

MOST_FOUND = 20
LAST_CALLS = 3
OPEN_CASES = 5
LONGEST_ID = 2**63


@blueprint.get("/customers/lookup")
def lookup() -> Response:
    """Customers with the number ``?number=``, for the screen pop (R-12.6); empty where nobody has it.

    Each: id, name, surname, form_of_address, called (李先生), type (its word), type_name, address,
    numbers (whole in a call with this customer, else by right) and card (address of the fragment).
    """
    settings = console().settings
    number = request.args.get("number", "")[:60]
    with console().database.read() as connection:
        found = customers.by_number(connection, number, settings.company.area_code)[:MOST_FOUND]
        calls = {customer.id: looks.at_hand(connection, customer) for customer in found}
    if found:
        call_id = next((call for call in calls.values() if call is not None), None)
        with console().database.write() as connection:
            looks.note_lookup(connection, [customer.id for customer in found], call_id)
    everywhere = looks.sees_whole_numbers()
    return jsonify(
        [
            {
                "id": customer.id,
                "name": customer.name,
                "surname": customer.surname,
                "form_of_address": customer.form_of_address,
                "called": customer.called,
                "type": customer.customer_type,
                "type_name": type_name(customer.customer_type),
                "address": customer.address,
                "numbers": [
                    looks.number_text(known, whole=everywhere or calls[customer.id] is not None)
                    for known in customer.numbers
                ],
                "card": url_for("customer_card.card", customer_id=customer.id),
            }
            for customer in found
        ]
    )


@blueprint.get("/customers/<int:customer_id>/card")
def card(customer_id: int) -> str:
    """One customer as a piece of the desk's page."""
    settings = console().settings
    with console().database.read() as connection:
        customer = customers.one(connection, customer_id) if customer_id < LONGEST_ID else None
        if customer is None:
            abort(404)
        call_id = looks.at_hand(connection, customer)
        calls = customer_calls.last_calls(
            connection,
            customer.numbers,
            limit=LAST_CALLS,
            area_code=settings.company.area_code,
            without=call_id,
        )
        cases = caller_history.open_cases(connection, (), [customer_id], limit=OPEN_CASES)
    with console().database.write() as connection:
        looks.note_look(connection, customer_id, where="desk", call_id=call_id)
    return render_template(
        "customers/card.html",
        customer=customer,
        numbers=looks.shown_numbers(customer, whole=looks.sees_whole_numbers() or call_id is not None),
        tips=[tip[language()] for tip in tips_for(customer.customer_type)],
        calls=calls,
        cases=cases,
        this_year=now().astimezone(settings.zone).year,
        own_calls_only=current_user.role is Role.AGENT,
    )
