"""A supervisor steers a caller who waits: into another queue, or ahead of the others."""

from ivr.calls.after_hours import is_queue_open
from ivr.calls.call import Call
from ivr.standard.command_kind import CommandKind
from ivr.standard.conversation_refusal import Refusal
from ivr.standard.queue_order import RAISED
from storage.queries.commands import TakenCommand


async def steer(call: Call, command: TakenCommand) -> bool:
    """Do it, or say why not; True when the caller waits elsewhere now and takes a place there.

    The caller keeps the moment since when they wait. An alarm stays where it is: it comes before everything.
    """
    if command.kind is CommandKind.RAISE:
        _raise(call, command)
        return False
    queue = str(command.arguments.get("queue") or "")
    refusal = _why_not(call, queue)
    if refusal is not None:
        call.hotline.wishes.settle(command, refusal)
        return False
    settings = call.hotline.settings.queues[queue]
    call.note("call.moved", **{"from": call.queue, "to": queue, "by": command.by_agent_id})
    call.queue, call.passed_on = queue, True
    # Written before anybody stops ringing: whom that frees is not offered the place the caller has left.
    priority = RAISED if call.raised else settings.priority
    call.change(queue=queue, kind=settings.kind, priority=priority)
    call.hotline.wishes.settle(command)
    return True


def _raise(call: Call, command: TakenCommand) -> None:
    refusal = Refusal.ALARM_STAYS if call.is_alarm else Refusal.RAISED_ALREADY if call.raised else None
    if refusal is None:
        call.raised = True
        call.change(priority=RAISED)
        call.note("call.raised", by=command.by_agent_id)
        call.hotline.matcher.poke()
    call.hotline.wishes.settle(command, refusal)


def _why_not(call: Call, queue: str) -> Refusal | None:
    settings = call.hotline.settings
    if call.is_alarm:
        return Refusal.ALARM_STAYS
    if queue not in settings.queues:
        return Refusal.NO_SUCH_QUEUE
    if queue == call.queue:
        return Refusal.SAME_QUEUE
    return None if is_queue_open(settings, queue) else Refusal.QUEUE_CLOSED
