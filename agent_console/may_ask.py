"""In which states which button of the desk has a meaning."""

from ivr.standard.agent_state import IN_A_CALL, AgentEvent, AgentState, next_state
from ivr.standard.command_kind import CommandKind
from ivr.standard.conversation_refusal import CALLS_OUT_FROM


def _states_of(event: AgentEvent) -> list[AgentState]:
    return [state for state in AgentState if next_state(state, event) is not None]


IN_TALK = [
    CommandKind.INVITE_TO_RATE,
    CommandKind.HOLD,
    CommandKind.RESUME,
    CommandKind.MUTE,
    CommandKind.UNMUTE,
    CommandKind.TRANSFER,
    CommandKind.CONSULT,
    CommandKind.COMPLETE_TRANSFER,
    CommandKind.THREE_WAY,
    CommandKind.END_CONSULT,
]
"""Wishes of who talks with a caller, about that call."""

MAY_ASK: dict[CommandKind, list[AgentState]] = {
    CommandKind.READY: [state for state in _states_of(AgentEvent.ASK_READY) if state is not AgentState.READY],
    # During a call the wish is remembered and done after it.
    CommandKind.BREAK: [*_states_of(AgentEvent.ASK_BREAK), *IN_A_CALL],
    CommandKind.END_WRAP_UP: _states_of(AgentEvent.WRAP_UP_OVER),
    **{kind: [AgentState.TALKING] for kind in IN_TALK},
    # A call out is given up while the own phone rings, too.
    CommandKind.END_CALL: [AgentState.OFFERED, AgentState.TALKING],
    CommandKind.CALL_OUT: sorted(CALLS_OUT_FROM),
}
"""In which states a button has a meaning; taken from the table of states, the engine decides anyway."""
