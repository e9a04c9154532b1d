"""The checks of `hotline check` about phones in pages: certificate, address, microphone."""

import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from ivr.config import Settings
from ivr.config.sections import DeviceKind, PbxMode
from ivr.errors import StorageError
from ivr.operation.doctor import Examined, Finding, error, fine, warning
from storage import people
from storage.database import Database

_EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL
_NOT_YET = 9  # X509_V_ERR_CERT_NOT_YET_VALID


def browser_phones(examined: Examined) -> Iterator[Finding]:
    """Whether pages' phones can reach the PBX, and may use a microphone."""
    settings = examined.settings
    browser = settings.pbx.browser
    own_pbx = settings.pbx.mode is not PbxMode.REMOTE
    if own_pbx and browser.certificate is not None and browser.key is not None:
        found = _tls_fault(browser.certificate, browser.key, settings)
        if found is not None:
            yield error(found)
    if _anybody_has_one(settings):
        if not settings.console.https and not _is_loopback(settings.console.host):
            yield warning(
                f"console.host {settings.console.host}: browsers give a microphone to pages over https and "
                "of their own machine only; put a proxy with TLS in front and set console.https: true"
            )
        if not _is_loopback(urlsplit(settings.phone_url).hostname or "") and settings.phone_url.startswith(
            "ws://"
        ):
            yield warning(
                f"pbx.browser.url: {settings.phone_url} is not encrypted; whoever is on the way sees who "
                "calls whom; write wss://, with a certificate here or a proxy"
            )
    yield fine(settings.phone_url)


def _tls_fault(certificate: str, key: str, settings: Settings) -> str | None:
    """What is wrong with the two files; None when the PBX can speak TLS with them."""
    for file, setting in ((certificate, "certificate"), (key, "key")):
        try:
            Path(file).read_bytes()
        except OSError as raised:
            return (
                f"pbx.browser.{setting}: {file} cannot be read ({raised.strerror}); "
                "name a PEM file this user may read"
            )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        server.load_cert_chain(certificate, key, password="")
    except ssl.SSLError as raised:
        if raised.reason == "KEY_VALUES_MISMATCH":
            return (
                f"pbx.browser: the key {key} is not that of the certificate {certificate}; "
                "name the two files that were made together"
            )
        return (
            f"pbx.browser: {certificate} and {key} are no certificate and key in PEM without password "
            f"({raised.reason or raised}); begin the first with -----BEGIN CERTIFICATE-----"
        )
    return _not_valid(server, certificate, urlsplit(settings.phone_url).hostname or "")


def _not_valid(server: ssl.SSLContext, certificate: str, host: str) -> str | None:
    """Shake hands in memory, as a browser would that trusts this very certificate."""
    client = ssl.create_default_context(cafile=certificate)
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    client.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = client.wrap_bio(to_client, to_server, server_hostname=host)
    there = server.wrap_bio(to_server, to_client, server_side=True)
    for end in (here, there, here, there):
        try:
            end.do_handshake()
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLCertVerificationError as raised:
            if raised.verify_code == _EXPIRED:
                return f"pbx.browser.certificate: {certificate} has expired; have it renewed"
            if raised.verify_code == _NOT_YET:
                return f"pbx.browser.certificate: {certificate} is not valid yet; look at the clock"
            return (
                f"pbx.browser.certificate: {certificate} is not for {host} ({raised.verify_message}); "
                "correct pbx.browser.url, or have the certificate made for it"
            )
    return None


def _anybody_has_one(settings: Settings) -> bool:
    if any(person.device.kind is DeviceKind.BROWSER for person in settings.people):
        return True
    database = Database(settings.database_address)
    try:
        if database.is_sqlite and not Path(str(database.url.database)).exists():
            return False
        database.check()
        with database.read() as connection:
            return any(
                person.active and person.device_kind is DeviceKind.BROWSER
                for person in people.all_people(connection)
            )
    except StorageError:
        return False  # the check of the database says what is wrong
    finally:
        database.close()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
