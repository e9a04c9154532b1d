"""A server on loopback that speaks the part of Twilio's documented API that the hotline uses.

https://www.twilio.com/docs/messaging/api/message-resource (create, list) and its errors
(https://www.twilio.com/docs/usage/twilios-response).
"""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

SID = "AC" + "0123456789abcdef" * 2
TOKEN = "a-token-of-thirty-two-characters"


class TwilioApi:
    """Messages that were created, and what is answered instead when told so."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.requests: list[str] = []
        self.fails_with: tuple[int, int, str] | None = None
        """HTTP status, Twilio's code, and words."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Listen no more; once is enough."""
        if not self._thread.is_alive():
            return
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(api: TwilioApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(dict(parse_qsl(body)))

        def do_GET(self) -> None:
            self._answer(dict(parse_qsl(urlsplit(self.path).query)))

        def _answer(self, given: dict[str, str]) -> None:
            api.requests.append(f"{self.command} {urlsplit(self.path).path}")
            expected = base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
            if self.headers.get("Authorization") != f"Basic {expected}":
                self._send(401, _error(401, 20003, "Authenticate"))
            elif api.fails_with is not None:
                self._send(api.fails_with[0], _error(*api.fails_with))
            elif urlsplit(self.path).path != f"/2010-04-01/Accounts/{SID}/Messages.json":
                self._send(404, _error(404, 20404, "The requested resource was not found"))
            elif self.command == "POST":
                message = {
                    "sid": f"SM{len(api.messages):032}",
                    "account_sid": SID,
                    "to": given["To"],
                    "from": given["From"],
                    "body": given["Body"],
                    "status": "queued",
                    "status_callback": given.get("StatusCallback"),
                }
                api.messages.append(message)
                self._send(201, message)
            else:
                found = [one for one in api.messages if one["to"] == given.get("To")]
                self._send(200, {"messages": found, "page_size": 50, "page": 0, "next_page_uri": None})

        def _send(self, status: int, answer: dict[str, Any]) -> None:
            payload = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing."""

    return Handler


def _error(status: int, code: int, words: str) -> dict[str, Any]:
    return {
        "status": status,
        "code": code,
        "message": words,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
    }
