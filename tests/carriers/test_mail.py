"""Mail reaches a real SMTP server; what it does not take is told apart: away, not now, never."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.carriers.mail import MailCarrier, OutgoingMail
from ivr.config.notice_sections import Mail
from ivr.errors import CarrierAway, CarrierRefused, NeverCarried
from tests.carriers.smtp_server import SmtpServer
from tests.operation.certificates import make_certificate
from tests.ports import free_port

pytestmark = pytest.mark.socket
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    server = SmtpServer()
    yield server
    server.end()


def carrier(port: int, **settings: object) -> MailCarrier:
    given = {"host": "127.0.0.1", "port": port, "sender": "hotline@gas.example", "timeout": 2}
    return MailCarrier(Mail(**(given | settings)), None)  # type: ignore[arg-type]


def mail(to: str = "qian@gas.example", name: str | None = "钱经理") -> OutgoingMail:
    text = "超时：工单2026-11-0001，首问负责人：王敏，责任单位：城南管理站。\n.\n.一行以点开头"
    return OutgoingMail(7, to, name, "工单2026-11-0001：故障处置已超时", text, urgent=True, made_at=NOW)


def test_a_mail_arrives_word_for_word(server: SmtpServer) -> None:
    """R-OV."""
    carrier(server.port).carry(mail())
    (got,) = server.taken
    assert server.receivers == ["qian@gas.example"]
    assert got["Subject"] == "工单2026-11-0001：故障处置已超时"
    assert got["From"] == "hotline@gas.example"
    assert got["To"].addresses[0].display_name == "钱经理"
    assert got.get_content().strip() == mail().text
    assert (got["Importance"], got["Auto-Submitted"]) == ("high", "auto-generated")
    assert got["Message-ID"] == "<notice-7.1795248000@gas.example>"
    assert got["Date"].datetime == NOW


@pytest.mark.parametrize(
    ("code", "error"),
    [(450, CarrierRefused), (550, NeverCarried), (452, CarrierRefused), (553, NeverCarried)],
)
def test_a_receiver_who_is_refused_now_or_for_ever(
    server: SmtpServer, code: int, error: type[Exception]
) -> None:
    server.moods.refuse_recipient["nobody@gas.example"] = code
    with pytest.raises(error, match=f"answered {code} not nobody@gas.example"):
        carrier(server.port).carry(mail("nobody@gas.example"))
    carrier(server.port).carry(mail())
    assert server.receivers == ["qian@gas.example"]


def test_a_mail_whose_end_is_not_answered_comes_again_under_the_same_id(server: SmtpServer) -> None:
    """What SMTP leaves unclear is told to the receiver: the two are one."""
    server.moods.hang_up_after_data = True
    with pytest.raises(CarrierAway):
        carrier(server.port).carry(mail())
    server.moods.hang_up_after_data = False
    carrier(server.port).carry(mail())
    assert len({got["Message-ID"] for got in server.taken}) == 1
    server.moods.refuse_data = 451
    with pytest.raises(CarrierRefused, match="451 not now"):
        carrier(server.port).carry(mail())


@pytest.mark.parametrize("to", ["no address", "a@b\r\nBcc: x@y.example", "a@b@c"])
def test_what_is_no_address_is_never_tried_again(server: SmtpServer, to: str) -> None:
    with pytest.raises(NeverCarried):
        carrier(server.port).carry(mail(to))
    assert server.taken == []


def test_a_server_that_is_away_or_silent_is_named(server: SmtpServer) -> None:
    port = free_port()
    with pytest.raises(CarrierAway, match=f"mail server 127.0.0.1:{port}: "):
        carrier(port).carry(mail())
    server.moods.wait_before_answer = 5
    with pytest.raises(CarrierAway, match="mail server"):
        carrier(server.port, timeout=1).carry(mail())
    with pytest.raises(CarrierAway, match="STARTTLS extension not supported"):
        carrier(server.port, starttls=True).carry(mail())


def test_with_tls_and_an_account_nothing_goes_in_the_clear(tmp_path: Path) -> None:
    made = make_certificate(tmp_path, "127.0.0.1")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(made.certificate, made.key)
    server = SmtpServer(tls=tls, account=("hotline", "geheim"))
    settings = Mail(
        host="127.0.0.1",
        port=server.port,
        starttls=True,
        user="hotline",
        password_from="MAIL_PASSWORD",
        timeout=5,
    )
    trusting = ssl.create_default_context(cafile=str(made.certificate))
    try:
        MailCarrier(settings, "geheim", trusting).carry(mail())
        assert server.was_encrypted == [True]
        with pytest.raises(CarrierAway, match="refuses user and password"):
            MailCarrier(settings, "wrong", trusting).carry(mail())
        with pytest.raises(CarrierAway, match="certificate is not trusted"):
            MailCarrier(settings, "geheim").carry(mail())
        assert len(server.taken) == 1
    finally:
        server.end()
