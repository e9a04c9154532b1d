"""The script's route: what the desk knows of a call is sent, the lines to be said come back.

Nothing is looked up here: names and addresses come with the request, in its body, so that they are in no
address that a proxy might keep (R-18), and every look at the archive stays where it is written down.
"""

from typing import Any

from flask import Blueprint, jsonify, request
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console.languages import language
from agent_console.script.lines import courtesy_for, facts_of, lines_for, tips_for
from agent_console.script.moment_words import moment_word
from ivr.standard.call_script import DueLine, Moment, steps_for
from ivr.standard.courtesy import Situation
from ivr.standard.customer_type import CustomerType

blueprint = Blueprint("script", __name__)


@blueprint.post("/script")
def lines() -> Response:
    """The steps of a call, the lines of one moment, and the courteous phrases that belong to it (R-4 to R-6).

    Fields: ``moment`` (else the call's first step), those of
    :func:`agent_console.script.lines.facts_of`, and ``customer_type`` for its tips (R-A).
    JSON: {moment, steps: [{moment, name}], lines: [{id, text, use, mandated, tick, rule, cue}], tips: [...],
    situations: [{id, name, language, phrases: [{text, avoid}]}]}; phrases in the caller's language.
    """
    facts = facts_of(current_user.work_number, request.form)
    steps = steps_for(facts)
    asked = request.form.get("moment")
    moment = Moment(asked) if asked in list(Moment) else steps[0]
    return jsonify(
        moment=moment.value,
        steps=[{"moment": step.value, "name": moment_word(step)} for step in steps],
        lines=[_shown(line) for line in lines_for(moment, facts)],
        tips=[tip[language()] for tip in tips_for(_customer_type())],
        situations=[_phrases(one, facts.language) for one in courtesy_for(moment)],
    )


def _phrases(situation: Situation, spoken: str) -> dict[str, Any]:
    return {
        "id": situation.id,
        "name": situation.name[language()],
        "language": "en" if spoken == "en" else "zh-CN",
        "phrases": [
            {"text": one.wording[spoken], "avoid": one.avoid[spoken] if one.avoid is not None else None}
            for one in situation.phrases
        ],
    }


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
