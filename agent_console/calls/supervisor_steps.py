"""What supervisors did in a call, as steps of its course: with the caller who waited, and at the talk."""

from datetime import datetime

from flask_babel import gettext

from agent_console.calls.step import Step
from agent_console.context import console
from agent_console.words import queue_name
from ivr.standard.intervention import InterventionMode, InterventionOutcome
from storage.queries.supervisor_acts import MOVED, AtConversation, Steered, SupervisorActs


def steps(acts: SupervisorActs, *, sees_listening: bool) -> list[Step]:
    """Who did what when.

    :param sees_listening: also what the agent does not notice: that somebody listened.
    """
    found = [_of_steering(one) for one in acts.steered]
    for one in acts.at_conversation:
        found += _of_conversation(one, sees_listening=sees_listening)
    return found


def _of_steering(one: Steered) -> Step:
    if one.kind != MOVED:
        return Step(one.at, gettext("Put before all who wait, by the supervisor"), who=one.who)
    settings = console().settings
    way = f"{queue_name(settings, one.from_queue)} → {queue_name(settings, one.to_queue)}"
    return Step(one.at, gettext("Moved by the supervisor"), who=one.who, detail=way)


def _of_conversation(one: AtConversation, *, sees_listening: bool) -> list[Step]:
    """From picking up to leaving; of who never came only that, for those who may know."""
    said = gettext("at the conversation of %(who)s", who=one.with_whom)
    if one.answered_at is None:
        if not sees_listening:
            return []
        wanted = Step(one.asked_at, gettext("The supervisor’s phone rings"), who=one.who, detail=said)
        if one.ended_at is None:
            return [wanted]
        return [wanted, Step(one.ended_at, _end(one.outcome), who=one.who)]
    found = [
        Step(at, _mode(mode), who=one.who, detail=said)
        for at, mode in _modes(one, one.answered_at)
        if sees_listening or mode is not InterventionMode.LISTEN
    ]
    noticed = sees_listening or bool(found) or one.outcome is InterventionOutcome.TOOK_OVER
    if noticed and one.ended_at is not None:
        tone = "good" if one.outcome is InterventionOutcome.TOOK_OVER else ""
        found.append(Step(one.ended_at, _end(one.outcome), who=one.who, detail=said, tone=tone))
    return found


def _modes(one: AtConversation, answered_at: datetime) -> list[tuple[datetime, InterventionMode]]:
    """How the supervisor was there, since when; what was chosen while it rang began with the answer."""
    before = [mode for at, mode in one.modes if at <= answered_at]
    first = [(answered_at, before[-1] if before else one.mode)]
    return first + [(at, mode) for at, mode in one.modes if at > answered_at]


def _mode(mode: InterventionMode) -> str:
    words: dict[InterventionMode, str] = {
        InterventionMode.LISTEN: gettext("The supervisor listens; nobody hears them"),
        InterventionMode.WHISPER: gettext("The supervisor whispers to the agent, unheard by the customer"),
        InterventionMode.JOIN: gettext("The supervisor joins: all three hear each other"),
    }
    return words[mode]


def _end(outcome: InterventionOutcome | None) -> str:
    words: dict[InterventionOutcome | None, str] = {
        None: gettext("The supervisor is there no longer"),
        InterventionOutcome.LEFT: gettext("The supervisor leaves the conversation to the two"),
        InterventionOutcome.TALK_OVER: gettext("The supervisor stayed until the conversation was over"),
        InterventionOutcome.TOOK_OVER: gettext("The supervisor takes the conversation over"),
        InterventionOutcome.NOT_ANSWERED: gettext("The supervisor did not pick up"),
        InterventionOutcome.NOT_REACHED: gettext("The supervisor’s phone could not be reached"),
        InterventionOutcome.LOST: gettext("The supervisor was cut off when the engine restarted"),
    }
    return words[outcome]
