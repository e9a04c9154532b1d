"""The words that end a call; the gas-leak key counts to the last of them."""

from ivr.calls.call import Call
from ivr.speech.prompt_ids import Prompt
from ivr.standard.call_stage import CallStage


async def say_last(call: Call, *prompts: Prompt) -> CallStage:
    """Say what ends the call.

    :returns: ENDED, or WAITING for who presses the gas-leak key before it is over.
    """
    sounds = [sound for prompt in prompts for sound in call.phrase(prompt)]
    if await call.say(sounds, keys=call.hotline.settings.alarm.key) is not None:
        return call.to_alarm()
    return CallStage.ENDED
