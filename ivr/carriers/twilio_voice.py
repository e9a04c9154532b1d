"""What Twilio does with a caller, as TwiML: into the PBX, and where that does not answer, what saves lives.

No rule is bent here: an alarm needs no PBX, so the instructions are said and the duty phones are rung by
Twilio alone (https://www.twilio.com/docs/voice/twiml/dial).
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.config.twilio_section import Twilio

VOICE_PATH = "/twilio/voice"
AFTER_PATH = "/twilio/voice/after"
DUTY_PATH = "/twilio/voice/duty"
TALKED = frozenset({"completed", "answered"})
"""Of DialCallStatus: somebody was there."""
LANGUAGE = "zh-CN"


def into_the_pbx(settings: "Twilio", caller: str) -> str:
    """Send a caller to the PBX; they hear it ring until it answers."""
    from twilio.twiml.voice_response import VoiceResponse

    response = VoiceResponse()
    dial = response.dial(
        action=f"{settings.public_url}{AFTER_PATH}",
        method="POST",
        timeout=settings.answer_within,
        answer_on_bridge=True,
        caller_id=caller or None,
    )
    dial.sip(str(settings.pbx))
    return str(response)


def after_the_pbx(settings: "Twilio", status: str, instructions: str) -> str:
    """What follows the call into the PBX: nothing, or the instructions and the duty phones.

    :param status: DialCallStatus.
    """
    return _hung_up() if status in TALKED else _ring_duty(settings, instructions)


def after_duty(settings: "Twilio", status: str, instructions: str) -> str:
    """What follows a round of the duty phones: the next one, and so on until somebody answers."""
    return _hung_up() if status in TALKED else _ring_duty(settings, instructions)


def nothing() -> str:
    """Nothing is answered to a text."""
    from twilio.twiml.messaging_response import MessagingResponse

    return str(MessagingResponse())


def _ring_duty(settings: "Twilio", instructions: str) -> str:
    """Say what to do, then ring all duty phones at once; whoever answers first has the caller."""
    from twilio.twiml.voice_response import VoiceResponse

    response = VoiceResponse()
    response.say(instructions, language=LANGUAGE)
    if settings.duty_numbers:
        dial = response.dial(
            action=f"{settings.public_url}{DUTY_PATH}",
            method="POST",
            timeout=settings.duty_ring_seconds,
        )
        for number in settings.duty_numbers:
            dial.number(number)
    else:
        response.say(instructions, language=LANGUAGE)
        response.hangup()
    return str(response)


def _hung_up() -> str:
    from twilio.twiml.voice_response import VoiceResponse

    response = VoiceResponse()
    response.hangup()
    return str(response)
