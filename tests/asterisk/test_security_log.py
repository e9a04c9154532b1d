"""Who failed, and who did not, out of the PBX's log of security events."""

from pathlib import Path

from ivr.asterisk.security_log import Attempt, SecurityLog

LINE = (
    '[2026-11-22 01:22:47.638] SECURITY[14235] res_security_log.c: SecurityEvent="{event}",EventTV="x",'
    'Severity="Informational",Service="PJSIP",EventVersion="1",AccountID="{account}",SessionID="reg2",'
    'LocalAddress="IPV4/UDP/127.0.0.1/14345",RemoteAddress="{address}",Challenge=""\n'
)


def line(event: str, address: str = "IPV4/UDP/192.0.2.7/33587", account: str = "agent-1001") -> str:
    return LINE.format(event=event, address=address, account=account)


def test_failures_and_successes_are_told_in_order_and_each_once(tmp_path: Path) -> None:
    file = tmp_path / "security.log"
    file.write_text(line("ChallengeSent"))
    log = SecurityLog(file)
    assert list(log.news()) == [], "what was there before is old"
    with file.open("a") as growing:
        growing.write(line("ChallengeSent") + "noise\n" + line("SuccessfulAuth"))
        growing.write(line("InvalidAccountID", "IPV6/TCP/2001:db8::7/5060"))
        growing.write(line("InvalidAccountID", account='a",RemoteAddress="IPV4/UDP/192.0.2.99/5060"'))
        growing.write(line("ChallengeResponseFailed")[:-20])
    seven = "192.0.2.7"
    # A name that holds another's address bans nobody.
    assert list(log.news()) == [Attempt(seven, False), Attempt(seven, True), Attempt("2001:db8::7", False)]
    with file.open("a") as growing:
        growing.write(line("ChallengeResponseFailed")[-20:] + line("RequestBadFormat"))
    assert list(log.news()) == [Attempt(seven, False)]
    file.write_text(line("InvalidPassword"))
    assert list(log.news()) == [Attempt(seven, False)], "a log that was begun anew is read from its beginning"
    file.unlink()
    assert list(log.news()) == []
