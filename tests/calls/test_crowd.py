"""When the engine counts as late with its own work."""

from ivr.calls.crowd import LOOK_EVERY, REMEMBERED, Lateness


def after(*looks: float) -> Lateness:
    """Looks that were so late (seconds), one after the other."""
    lateness, now = Lateness(), 0.0
    for late in looks:
        now += LOOK_EVERY + late
        lateness.add(now, late)
    return lateness


def test_one_late_look_is_a_machine_that_stood_still_and_several_are_a_crowd() -> None:
    assert after().seconds == 0.0
    assert after(0.0, 8.0).seconds == 0.0
    assert after(0.0, 8.0, 0.1).seconds == 0.1
    assert after(0.0, 1.4, 1.2).seconds == 1.2
    assert after(9.0, 7.0).seconds == 7.0


def test_a_crowd_is_remembered_for_a_while_and_no_longer() -> None:
    looks = round(REMEMBERED / LOOK_EVERY)
    assert after(1.4, 1.2, *[0.0] * looks).seconds == 1.2
    assert after(1.4, 1.2, *[0.0] * (looks + 1)).seconds == 0.0
