"""The caller rates the service after "invite to rate" (R-3.6)."""

from ivr.calls.call import Call
from ivr.calls.hotline import utc_now
from ivr.speech.prompt_ids import Prompt
from ivr.standard.call_stage import CallStage
from storage.queries import recordings

ALL_KEYS = "0123456789*#"
TRIES = 2
"""How often the question is put to somebody who presses a key that is no score."""


async def ask_to_rate(call: Call) -> CallStage:
    """Ask for a score, keep it with call and agent, thank, and end the call.

    A caller who hangs up has had enough, that is an end as good as any.
    """
    settings, asked_at, agent_id = call.hotline.settings.survey, utc_now(), call.agent_id
    call.hotline.ledger.note(lambda c: recordings.ask_survey(c, call.id, agent_id, asked_at))
    scores = "".join(str(score) for score in range(settings.lowest, settings.highest + 1))
    question = call.phrase(Prompt.SURVEY_INVITE)
    for _ in range(TRIES):
        key = await call.ask(question, keys=ALL_KEYS, patience=settings.seconds)
        if key is None:
            break
        if key in scores:
            _keep_score(call, int(key))
            await call.say(call.phrase(Prompt.SURVEY_THANKS))
            return CallStage.ENDED
        question = call.phrase(Prompt.SURVEY_WRONG_KEY)
    await call.say(call.phrase(Prompt.GOODBYE))
    return CallStage.ENDED


def _keep_score(call: Call, score: int) -> None:
    answered_at = utc_now()
    call.hotline.ledger.note(lambda c: recordings.answer_survey(c, call.id, score, answered_at))
