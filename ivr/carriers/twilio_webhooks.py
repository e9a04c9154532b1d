"""The address that Twilio calls: voice, texts, and what became of both. Everything is signed, or refused.

The signature is over the address as Twilio knows it, so ``twilio.public_url`` counts and no header that a
proxy, or somebody else, may set (https://www.twilio.com/docs/usage/security). A request that comes twice has
no second effect: what it tells is kept under Twilio's own id.
"""

import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import structlog

from ivr import hotline_clock
from ivr.carriers import twilio_voice
from ivr.carriers.twilio_texts import STATUS_PATH
from ivr.config import Settings
from ivr.config.twilio_section import Twilio
from ivr.errors import NotStarted, StorageError
from storage.database import Database
from storage.queries import carrier_events

log = structlog.get_logger(__name__)

TEXT_PATH = "/twilio/text"
CALL_STATUS_PATH = "/twilio/voice/status"
READ_SECONDS = 10.0
"""A sender who is slower is sent away."""


Form = Mapping[str, str]
Answer = tuple[int, str]
"""HTTP status and TwiML."""


class TwilioWebhooks:
    """Serves Twilio's requests in threads of its own, whatever becomes of the PBX."""

    def __init__(
        self, settings: Twilio, account_sid: str, auth_token: str, database: Database, instructions: str
    ) -> None:
        from twilio.request_validator import RequestValidator

        self._settings = settings
        self._account_sid = account_sid
        self._validator = RequestValidator(auth_token)
        self._database = database
        self._instructions = instructions
        self._server: ThreadingHTTPServer | None = None
        self._paths: dict[str, Callable[[Form, Form], Answer]] = {
            twilio_voice.VOICE_PATH: self._voice,
            twilio_voice.AFTER_PATH: self._after,
            twilio_voice.DUTY_PATH: self._duty,
            CALL_STATUS_PATH: self._call_status,
            TEXT_PATH: self._text,
            STATUS_PATH: self._text_status,
        }

    @property
    def port(self) -> int:
        """On which it listens."""
        assert self._server is not None
        return int(self._server.server_address[1])

    def start(self) -> None:
        """Listen.

        :raises NotStarted: the port is taken.
        """
        hooks = self._settings.webhooks
        try:
            self._server = _Server((hooks.host, hooks.port), hooks.at_once, self)
        except OSError as error:
            raise NotStarted(f"twilio.webhooks: {hooks.host}:{hooks.port}: {error.strerror}") from None
        threading.Thread(target=self._server.serve_forever, name="twilio", daemon=True).start()

    def close(self) -> None:
        """Stop listening; what is being answered is answered."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def largest(self) -> int:
        """Bytes of a request's body."""
        return self._settings.webhooks.largest_bytes

    def answer(self, target: str, body: bytes, signature: str) -> Answer:
        """What is answered to a POST.

        :param target: path and query as they came.
        :param signature: of the header X-Twilio-Signature.
        """
        parts = urlsplit(target)
        does = self._paths.get(parts.path)
        if does is None:
            return 404, ""
        try:
            form = dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, strict_parsing=bool(body)))
        except ValueError:
            return 400, ""
        if not self._is_twilio(target, form, signature):
            log.warning("twilio.refused", path=parts.path)
            return 403, ""
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        try:
            return does(form, query)
        except StorageError as error:  # Twilio tries again
            log.error("twilio.not_kept", reason=str(error))
            return 503, ""

    def _is_twilio(self, target: str, form: Form, signature: str) -> bool:
        address = f"{self._settings.public_url}{target}"
        signed = bool(signature) and self._validator.validate(address, dict(form), signature)
        return signed and form.get("AccountSid") == self._account_sid

    # -- what Twilio tells ---------------------------------------------------------------------

    def _voice(self, form: Form, query: Form) -> Answer:
        return 200, twilio_voice.into_the_pbx(self._settings, form.get("From", ""))

    def _after(self, form: Form, query: Form) -> Answer:
        status = form.get("DialCallStatus", "")
        if status not in twilio_voice.TALKED:
            log.error("twilio.pbx_not_answering", status=status)
        return 200, twilio_voice.after_the_pbx(self._settings, status, self._instructions)

    def _duty(self, form: Form, query: Form) -> Answer:
        status = form.get("DialCallStatus", "")
        return 200, twilio_voice.after_duty(self._settings, status, self._instructions)

    def _text(self, form: Form, query: Form) -> Answer:
        sid, body = form.get("MessageSid", ""), form.get("Body", "")
        if not sid:
            return 400, ""
        with self._database.write() as connection:
            new = carrier_events.text_received(
                connection,
                sid=sid,
                sender=form.get("From", ""),
                to=form.get("To", ""),
                text=body,
                now=hotline_clock.now(),
            )
        log.info("twilio.text_received", new=new)
        return 200, twilio_voice.nothing()

    def _text_status(self, form: Form, query: Form) -> Answer:
        notice = query.get("notice", "")
        notice_id = int(notice) if notice.isdecimal() and len(notice) < 19 else None
        return self._status(form, "MessageSid", "MessageStatus", notice_id)

    def _call_status(self, form: Form, query: Form) -> Answer:
        return self._status(form, "CallSid", "CallStatus", None)

    def _status(self, form: Form, id_field: str, status_field: str, notice_id: int | None) -> Answer:
        sid, status = form.get(id_field, ""), form.get(status_field, "")
        if not sid or not status:
            return 400, ""
        error = form.get("ErrorCode") or None
        with self._database.write() as connection:
            carrier_events.status_told(
                connection, sid=sid, status=status, error=error, notice_id=notice_id, now=hotline_clock.now()
            )
        if error is not None:
            log.warning("twilio.not_delivered", notice=notice_id, status=status, error=error)
        return 204, ""


def twilio_webhooks(settings: Settings, database: Database, instructions: str) -> TwilioWebhooks | None:
    """The webhooks of config.yaml (twilio), not listening yet; None while it is switched off.

    :param instructions: what an alarm caller hears while the PBX does not answer.
    """
    if not settings.twilio.enabled:
        return None
    sid, token = settings.twilio_account_sid, settings.twilio_auth_token
    return TwilioWebhooks(settings.twilio, sid, token, database, instructions)


class _Server(ThreadingHTTPServer):
    """At most so many requests at once; a flood is turned away before anything is read."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], at_once: int, hooks: TwilioWebhooks) -> None:
        self.hooks = hooks
        self._places = threading.BoundedSemaphore(at_once)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Begin a thread for a request, where there is a place."""
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._places.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """One request, in its thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender who went away is no fault of ours."""
        log.info("twilio.connection_broken")


class _Handler(BaseHTTPRequestHandler):
    """HTTP around :meth:`TwilioWebhooks.answer`."""

    timeout = READ_SECONDS
    server_version = "hotline"
    sys_version = ""
    server: _Server

    def do_POST(self) -> None:
        """A request of Twilio, or of somebody who would like to be."""
        hooks = self.server.hooks
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self._send(411, "")
        elif int(length) > hooks.largest:
            self._send(413, "")
        else:
            body = self.rfile.read(int(length))
            self._send(*hooks.answer(self.path, body, self.headers.get("X-Twilio-Signature", "")))

    def _send(self, status: int, twiml: str) -> None:
        payload = twiml.encode("utf-8")
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(payload)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the log is structured, and holds no numbers."""
