"""The script's route: what the desk knows of a call is sent, the lines to be said come back.

Nothing is looked up here: names and addresses come with the request, in its body, so that they are in no
address that a proxy might keep (R-18), and every look at the archive stays where it is written down.
"""

from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console.languages import language
from agent_console.script.lines import facts_of, lines_for, tips_for
from agent_console.script.moment_words import moment_word
from ivr.standard.call_script import DueLine, Moment, steps_for
from ivr.standard.customer_type import CustomerType

blueprint = Blueprint("script", __name__)


@blueprint.post("/script")
def lines() -> Response | str:
    """The steps of a call and the lines of one moment; as JSON, or with ``part=1`` as a piece of a page.

    Fields: ``moment`` (else the call's first step), those of
    :func:`agent_console.script.lines.facts_of`, and ``customer_type`` for its tips (R-A).
    JSON: {moment, steps: [{moment, name}], lines: [{id, text, use, mandated, tick, rule, cue}], tips: [...]}.
    """
    facts = facts_of(current_user.work_number, request.form)
    steps = steps_for(facts)
    asked = request.form.get("moment")
    moment = Moment(asked) if asked in list(Moment) else steps[0]
    due = lines_for(moment, facts)
    if request.args.get("part"):
        return render_template("script/lines.html", lines=due, language_of_lines=facts.language)
    return jsonify(
        moment=moment.value,
        steps=[{"moment": step.value, "name": moment_word(step)} for step in steps],
        lines=[_shown(line) for line in due],
        tips=[tip[language()] for tip in tips_for(_customer_type())],
    )


def _customer_type() -> CustomerType | None:
    given = request.form.get("customer_type")
    return CustomerType(given) if given in list(CustomerType) else None


def _shown(due: DueLine) -> dict[str, Any]:
    line = due.line
    return {
        "id": line.id,
        "text": due.text,
        "use": line.use.value,
        "mandated": line.mandated,
        "tick": line.tick,
        "rule": line.rule,
        "cue": due.cue,
    }
