"""Telephone numbers as they are shown: whole, or masked where the task does not need them (R-18)."""

_COUNTRY = "+86"
_STARS = "****"


def shown(number: str | None, *, whole: bool) -> str | None:
    """A caller's number for the screen.

    :param number: as stored, None when the network gave none.
    :param whole: whether the reader's task needs all of it; otherwise 139****1111, short numbers **12.
    """
    if number is None:
        return None
    home = number.removeprefix(_COUNTRY)
    if whole:
        return home
    if len(home) >= 8:
        return f"{home[:3]}{_STARS}{home[-4:]}"
    return f"{_STARS[:2]}{home[-2:]}"
