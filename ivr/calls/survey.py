"""The caller rates the service after "invite to rate" (R-3.6)."""

from ivr.calls.call import Call
from ivr.calls.hotline import utc_now
from ivr.errors import StorageError
from ivr.journal import Fact
from ivr.speech.prompt_ids import Prompt
from ivr.standard.call_stage import CallStage
from storage.queries import recordings, records

ALL_KEYS = "0123456789*#"
TRIES = 2
"""How often the question is put to somebody who presses a key that is no score."""


async def ask_to_rate(call: Call) -> CallStage:
    """Say the number of the case, ask for a score, keep it with call and agent, thank, and end the call.

    A caller who hangs up has had enough, that is an end as good as any.
    """
    settings, asked_at, agent_id = call.hotline.settings.survey, utc_now(), call.agent_id
    call.hotline.ledger.note(Fact(recordings.ask_survey, call.id, agent_id, asked_at))
    scores = "".join(str(score) for score in range(settings.lowest, settings.highest + 1))
    question = await _case_number(call) + call.phrase(Prompt.SURVEY_INVITE)
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


async def _case_number(call: Call) -> list[str]:
    """The number of the case that was made of this call (R-N); nothing where none was, or none is known."""
    try:
        saved = await call.hotline.ledger.read(lambda c: records.case_of(c, call.id))
    except StorageError as error:
        call.log.error("case.not_looked_up", reason=str(error))
        return []
    return call.phrase(Prompt.CASE_NUMBER_IS, case_number=saved.number) if saved is not None else []


def _keep_score(call: Call, score: int) -> None:
    answered_at = utc_now()
    call.hotline.ledger.note(Fact(recordings.answer_survey, call.id, score, answered_at))
