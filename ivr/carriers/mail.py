"""Mail by SMTP (RFC 5321), plain text in UTF-8, with STARTTLS (RFC 3207) where config.yaml wants it.

What SMTP leaves unclear: a connection that breaks after the whole mail was sent and before the server's
answer to it. Such a mail is sent again, under the same Message-ID, by which a receiver knows the two for one:
a warning twice does less harm than none. Before that moment nothing has been sent, after it nothing is sent
again.
"""

import contextlib
import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from ivr.config.notice_sections import Mail
from ivr.errors import CarrierAway, CarrierRefused, NeverCarried

_FOR_EVER = range(500, 600)


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """A mail to be carried."""

    id: int
    """The notice's; the Message-ID is made of it."""
    to: str
    to_name: str | None
    subject: str
    text: str
    urgent: bool
    made_at: datetime


class MailCarrier:
    """Hands mails to the server of config.yaml (mail). Called in a thread, one mail at a time."""

    def __init__(self, settings: Mail, password: str | None, tls: ssl.SSLContext | None = None) -> None:
        """Connect to nobody yet.

        :param settings: with a host.
        :param password: of ``settings.user``.
        :param tls: whom to trust; None: whom this machine trusts.
        """
        self._settings = settings
        self._password = password
        self._tls = tls

    def carry(self, mail: OutgoingMail) -> None:
        """Hand over one mail; returns when the server has taken it.

        :raises CarrierAway: the server cannot be reached, or will not talk with us.
        :raises CarrierRefused: it does not take this mail now (4yz). ``NeverCarried``: never (5yz).
        """
        try:
            server = self._connected()
            try:
                self._hand_over(server, mail)
            finally:
                _leave(server)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise CarrierAway(f"{self._where}: {_reason(error)}") from None

    def greet(self) -> None:
        """Connect as for a mail, and leave again: whether the server is there and takes user and password.

        :raises CarrierAway: it does not.
        """
        try:
            _leave(self._connected())
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise CarrierAway(f"{self._where}: {_reason(error)}") from None

    @property
    def _where(self) -> str:
        return f"mail server {self._settings.host}:{self._settings.port}"

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        server = smtplib.SMTP(settings.host or "", settings.port, timeout=settings.timeout)
        try:
            if settings.starttls:
                server.starttls(context=self._tls or ssl.create_default_context())
            if settings.user is not None:
                server.login(settings.user, self._password or "")
        except BaseException:
            server.close()
            raise
        return server

    def _hand_over(self, server: smtplib.SMTP, mail: OutgoingMail) -> None:
        try:
            server.send_message(self._message(mail), self._settings.sender, [mail.to])
        except smtplib.SMTPSenderRefused as error:
            raise CarrierAway(f"the mail server does not take mail from {self._settings.sender}") from error
        except smtplib.SMTPRecipientsRefused as error:
            code, said = error.recipients[mail.to]
            raise _refusal(code, said) from None
        except smtplib.SMTPResponseException as error:
            raise _refusal(error.smtp_code, error.smtp_error) from None
        except (ValueError, IndexError, MessageError, smtplib.SMTPNotSupportedError) as error:
            raise NeverCarried(f"{mail.to}: {error}") from None

    def _message(self, mail: OutgoingMail) -> EmailMessage:
        message = EmailMessage()
        domain = self._settings.sender.partition("@")[2]
        message["From"] = self._settings.sender
        message["To"] = Address(mail.to_name or "", addr_spec=mail.to)
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(mail.made_at)
        message["Message-ID"] = f"<notice-{mail.id}.{mail.made_at.timestamp():.0f}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence answers it
        if mail.urgent:
            message["Importance"] = "high"
        message.set_content(mail.text + "\n")
        return message


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye; whether that is heard changes nothing about what was taken."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        if server.sock is not None:
            server.sock.settimeout(1)
        server.quit()
    server.close()


def _refusal(code: int, said: bytes | str) -> CarrierRefused | NeverCarried:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    kind = NeverCarried if code in _FOR_EVER else CarrierRefused
    return kind(f"the mail server answered {code} {text}")


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"refuses user and password ({error.smtp_code}); see mail.user and mail.password_from"
    if isinstance(error, TimeoutError):
        return "does not answer in time"
    if isinstance(error, ssl.SSLError):
        return f"its certificate is not trusted, or TLS failed: {error.reason}"
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
