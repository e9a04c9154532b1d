"""What the keys mean that a caller presses where a number is asked for; the gas-leak key works throughout.

The gas-leak key is also a figure. Alone, and followed by nothing for a moment, it is the alarm; so is it when
somebody presses it again and again, or ends it with the hash key. Among other figures it is a figure.
"""

from enum import StrEnum

MOST = 15
"""Keys after which nobody is listened to any longer."""
ALARM_PAUSE = 1.5
"""Seconds after a lone gas-leak key: whoever types a number goes on sooner."""
END, BACK = "#", "*"
_PRESSED_AGAIN = 4
"""The gas-leak key so often in a row, and nothing else, is no number any more."""


class Keyed(StrEnum):
    """What was pressed."""

    MORE = "more"  # not done yet
    NOTHING = "nothing"  # no key
    NUMBER = "number"  # figures, to be looked up
    BACK = "back"  # back to where one came from
    ALARM = "alarm"  # smells gas


def judge(keys: str, *, over: bool, alarm_key: str) -> Keyed:
    """What the keys so far mean.

    :param keys: 0-9 * #, in their order.
    :param over: nothing followed within :func:`patience`.

    >>> judge("3", over=False, alarm_key="3"), judge("3", over=True, alarm_key="3")
    (<Keyed.MORE: 'more'>, <Keyed.ALARM: 'alarm'>)
    """
    if alarm_key in (END, BACK) and keys.endswith(alarm_key):
        return Keyed.ALARM
    if keys.endswith(BACK):
        return Keyed.BACK
    figures = keys.removesuffix(END)
    done = over or keys.endswith(END) or len(figures) >= MOST
    if figures and set(figures) == {alarm_key} and (done or len(figures) >= _PRESSED_AGAIN):
        return Keyed.ALARM
    if not done:
        return Keyed.MORE
    return Keyed.NUMBER if figures else Keyed.NOTHING


def patience(keys: str, alarm_key: str, seconds: float) -> float:
    """How long to wait for the next key.

    :param seconds: between figures (config.yaml: case_status.digit_seconds).
    """
    return min(seconds, ALARM_PAUSE) if keys and set(keys) == {alarm_key} else seconds
