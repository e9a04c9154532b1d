"""Evidence of calls to one customer (R-16.6): numbers, times, consent, answers, recordings; also on paper."""

from flask import Blueprint, abort, render_template

from agent_console.calls import recordings
from agent_console.context import console, now
from agent_console.customers import looks
from agent_console.revisits import audit_lines, questions
from storage.queries import caller_history, customers, revisit_tasks
from storage.queries.customers import CustomerView
from storage.queries.revisit_tasks import AttemptView

blueprint = Blueprint("evidence", __name__)

LONGEST_ID = 2**63
MOST = 200


def of_customer(customer: CustomerView) -> list[AttemptView]:
    """Every call to one of the customer's numbers, the newest first."""
    settings = console().settings
    spellings = [
        spelling
        for number in customer.numbers
        for spelling in caller_history.numbers_like(number, settings.company.area_code)
    ]
    with console().database.read() as connection:
        return revisit_tasks.attempts_to(connection, spellings, MOST)


@blueprint.get("/customers/<int:customer_id>/calls-to")
def on_paper(customer_id: int) -> str:
    """All of it on a page to print, with the files' SHA-256; every look is audited."""
    with console().database.read() as connection:
        customer = customers.one(connection, customer_id) if customer_id < LONGEST_ID else None
    if customer is None:
        abort(404)
    found = of_customer(customer)
    with console().database.write() as connection:
        looks.note_look(connection, customer_id, where="evidence")
        audit_lines.looked(
            connection, tasks=sorted({one.row.dial_task_id for one in found}), customer=customer_id
        )
    whole = looks.sees_whole_numbers()
    return render_template(
        "revisits/evidence.html",
        customer=customer,
        numbers=looks.shown_numbers(customer, whole=whole),
        attempts=found,
        sees_number=whole,
        kept_days=console().settings.revisits.kept_days,
        moment=now(),
        question_text=questions.question_text,
        answer_text=questions.answer_text,
        there=lambda row: recordings.file_of(console().settings, row.name) is not None,
    )
