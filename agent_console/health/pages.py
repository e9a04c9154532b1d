"""What machines ask the console: does it live, can calls be taken, and the figures of the hotline."""

import hmac
import ipaddress
import shutil
import time

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST

from agent_console.context import console, now
from agent_console.health.exposition import exposed
from ivr import hotline_clock
from ivr.errors import StorageError
from storage.queries import health_figures

blueprint = Blueprint("health", __name__)

SILENT_SECONDS = 10
"""An engine without a sign of life for so long counts as gone, as it does for the others (matching)."""
_BY_A_PROXY = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")


@blueprint.get("/healthz")
def alive() -> Response:
    """This process lives and answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def ready() -> tuple[Response, int]:
    """Whether calls can be taken and answered; else what is missing, in words without any detail."""
    missing = _missing()
    return jsonify(ready=not missing, missing=missing), 503 if missing else 200


def _missing() -> list[str]:
    try:
        with console().database.read() as connection:
            engines = health_figures.engines(connection, now())
    except StorageError:
        return ["database"]
    alive_ones = [engine for engine in engines if engine.silent_seconds < SILENT_SECONDS]
    if not alive_ones:
        return ["engine"]
    return [] if any(engine.pbx_connected for engine in alive_ones) else ["pbx"]


@blueprint.get("/metrics")
def metrics() -> Response:
    """The figures, for this machine itself or with the token."""
    if not (_from_this_machine() or _has_token()):
        return Response("only for this machine, or with the token\n", 403, mimetype="text/plain")
    usage = shutil.disk_usage(console().settings.home)
    used = 100 * (1 - usage.free / (usage.used + usage.free))
    began = time.monotonic()
    try:
        with console().database.read() as connection:
            figures = health_figures.read(connection, now())
    except StorageError:
        figures = None
    text = exposed(figures, time.monotonic() - began, used, hotline_clock.ahead())
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _from_this_machine() -> bool:
    """Whether the asker is on this machine, and not a proxy on it that asks for somebody else."""
    if not console().settings.console.proxies and any(name in request.headers for name in _BY_A_PROXY):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _has_token() -> bool:
    wanted = console().settings.metrics_token
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if wanted is None or scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(given.strip().encode(), wanted.encode())
