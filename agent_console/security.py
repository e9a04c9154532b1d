"""What keeps strangers out: the cookie's key, cookies, forgery protection, and headers of every answer."""

import os
import secrets
from datetime import timedelta
from pathlib import Path

from flask import Flask, Response, request
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from agent_console import rights
from agent_console.units import upload_size
from ivr.config import Settings
from ivr.errors import ConsoleUnusable

SECRET_FILE = "console_secret"  # noqa: S105 - a file's name
KEY_BYTES = 32
LARGEST_FORM = 256 * 1024
"""One box with 10 000 characters is answered in words beside it, in every form."""
LIST_UPLOAD = "customer_imports.upload"
PEOPLE_UPLOADS = ("campaigns.make", "new_outages.make")
LONG_TEXTS = frozenset(
    {"customers.create", "customers.save", "records.keep_draft", "records.save", "case_steps.step"}
)
"""Forms of many boxes: what is too long for a box is said beside it, and stays to be shortened."""
LONG_TEXT = 2 * 1024 * 1024
"""A Chinese character takes 9 bytes of a form; 14 boxes of 10 000 of them are 1.2 million."""
READ_TO_REFUSE_MB = 100
"""A list that is too large by less is read to its end: only then does the browser show why it is refused."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
}
"""Of every answer."""


def content_security_policy(settings: Settings) -> str:
    """No inline script or style anywhere, never in a frame, nothing from another host.

    The one address a script may speak to besides this console is the PBX's WebSocket, for the phone.
    """
    return (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; "
        f"connect-src 'self' {settings.phone_origin}"
    )


def secret_key(home: Path) -> bytes:
    """The key that signs cookies: made at the first start, readable by this user only.

    :param home: the hotline's folder of runtime files; made where it is missing.
    :raises ConsoleUnusable: it cannot be kept there, is cut short, or others may read it.
    """
    file = home / SECRET_FILE
    try:
        return _read_or_make(home, file)
    except OSError as error:
        raise ConsoleUnusable(f"{error.filename}: {error.strerror}; let this user write there") from error


def _read_or_make(home: Path, file: Path) -> bytes:
    home.mkdir(parents=True, exist_ok=True)
    made = home / f"{SECRET_FILE}.{os.getpid()}.{secrets.token_hex(4)}"
    if not file.exists():
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(secrets.token_hex(KEY_BYTES).encode())
            opened.flush()
            os.fsync(descriptor)
        try:
            os.link(made, file)  # fails where another process was faster: then its key counts
        except FileExistsError:
            pass
        finally:
            made.unlink()
    if file.stat().st_mode & 0o077:
        raise ConsoleUnusable(f"{file}: others may read it; chmod 600, or delete it to have a new one made")
    key = file.read_bytes()
    if len(key) < 2 * KEY_BYTES:
        raise ConsoleUnusable(
            f"{file}: is cut short; delete it, then a new one is made and all sign in again"
        )
    return key


def _allow_larger_forms(app: Flask, settings: Settings) -> None:
    """Let people send lists and long texts; registered first, for the check of forgery reads the form."""
    lists = {
        LIST_UPLOAD: (settings.imports.largest_megabytes + READ_TO_REFUSE_MB) * 1024 * 1024,
    }
    for upload in PEOPLE_UPLOADS:
        lists[upload] = int((settings.campaigns.largest_megabytes + READ_TO_REFUSE_MB) * 1024 * 1024)

    @app.before_request
    def admit_photo() -> Response | None:
        return upload_size.admit(settings)

    @app.before_request
    def allow() -> None:
        endpoint = request.endpoint
        if endpoint not in lists and endpoint not in LONG_TEXTS:
            return
        if current_user.is_authenticated and rights.allowed(endpoint, current_user.role):
            request.max_content_length = lists.get(endpoint or "", LONG_TEXT)
            request.max_form_memory_size = LONG_TEXT


def protect(app: Flask, settings: Settings) -> None:
    """Set ``app`` up so that cookies, forms and answers are safe."""
    app.config.update(
        SECRET_KEY=secret_key(settings.home),
        SESSION_COOKIE_NAME="hotline_console",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.console.https,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.console.session_hours),
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        WTF_CSRF_TIME_LIMIT=None,
    )
    _allow_larger_forms(app, settings)
    CSRFProtect(app)
    if settings.console.proxies:
        # Only as many hops as are configured are believed; the default believes nobody.
        hops = settings.console.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]

    headers = {**HEADERS, "Content-Security-Policy": content_security_policy(settings)}

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if settings.console.https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response
