"""What is to be done next about a case, and by whom: one step, told by its kind and where it stands.

R-3.2: what was passed on is followed to its end. R-14.4, R-15.4: then the customer is asked. Everything else
that the life of a case allows (:mod:`ivr.standard.case_life`) may be done as well.
"""

from ivr.standard.case_life import CaseState, CaseStep

_S, _D = CaseState, CaseStep

_NEXT = {
    _S.PASSED: _D.ACCEPT,
    _S.FINISHED: _D.ANSWER,
    _S.FOUND: _D.OPINE,
    _S.CONCLUDED: _D.ANSWER,
    _S.REVISIT_OWED: _D.REVISIT,
    _S.REVISITED: _D.CLOSE,
    _S.OBJECTED: _D.CLOSE,
}
"""Where the kind does not matter."""


def next_step(kind: str, state: CaseState, *, unit_finds: bool = True) -> CaseStep | None:
    """The one thing to do next; None of a case that is closed.

    :param kind: consultation, repair, alarm or complaint.
    :param unit_finds: a complaint goes to a unit first (:class:`ivr.standard.complaint_path.Path`).
    """
    if state in (_S.OPENED, _S.REOPENED):
        if kind == "consultation" or (kind == "complaint" and not unit_finds):
            return _D.ANSWER
        return _D.PASS_ON
    if state is _S.ACCEPTED and kind == "alarm":
        return _D.ARRIVE
    if state in (_S.ACCEPTED, _S.WORKING):
        return _D.FIND if kind == "complaint" else _D.FINISH
    if state is _S.ANSWERED:
        return _D.ACCEPT_ANSWER if kind == "complaint" else _D.CLOSE
    return _NEXT.get(state)
