"""Scripts and styles go out compressed (RFC 9110, 8.4.1); each version of a file is compressed once.

Pages are not: what somebody typed and the page's proof against forgery in one compressed answer could be
told apart by its length (BREACH, https://breachattack.com).
"""

import gzip
import threading

from flask import Flask, Response, request

SMALLEST = 600
"""Bytes below which compressing gains nothing."""

_COMPRESSED = frozenset({"text/css", "text/javascript", "application/javascript", "image/svg+xml"})


def set_up(app: Flask) -> None:
    """Let ``app`` compress its static files."""
    kept: dict[str, tuple[str, bytes]] = {}
    lock = threading.Lock()

    @app.after_request
    def compress(response: Response) -> Response:
        if request.endpoint != "static" or response.mimetype not in _COMPRESSED:
            return response
        response.headers.add("Vary", "Accept-Encoding")
        version, tag = response.headers.get("ETag", ""), request.path
        if response.status_code != 200 or not version or not request.accept_encodings.quality("gzip"):
            return response
        known = kept.get(tag)
        if known is None or known[0] != version:
            response.direct_passthrough = False
            whole = response.get_data()
            known = (version, gzip.compress(whole, 9) if len(whole) >= SMALLEST else b"")
            with lock:
                kept[tag] = known
        if known[1] and request.method == "GET":
            response.direct_passthrough = False
            response.close()  # the file that would have been sent
            response.set_data(known[1])
            response.headers["Content-Encoding"] = "gzip"
        return response
