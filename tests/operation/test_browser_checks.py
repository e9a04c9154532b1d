"""What `hotline check` says about phones in pages: certificate, key, address, microphone."""

from pathlib import Path

import pytest

from ivr.config.sections import DeviceKind
from ivr.operation import browser_checks
from tests.operation.certificates import Made, make_certificate
from tests.operation.test_checks import examined, found, warned

URL = "wss://hotline.example:8089/ws"


def faults(tmp_path: Path, made: Made, url: str = URL) -> list[str]:
    """What is wrong with a certificate and a key."""
    overrides = {
        "pbx__browser__url": url,
        "pbx__browser__certificate": str(made.certificate),
        "pbx__browser__key": str(made.key),
    }
    return found(browser_checks.browser_phones, examined(tmp_path, **overrides))


def test_a_certificate_for_the_address_with_its_key_is_fine(tmp_path: Path) -> None:
    assert faults(tmp_path, make_certificate(tmp_path)) == []
    assert faults(tmp_path, make_certificate(tmp_path, "192.0.2.7"), "wss://192.0.2.7:8089/ws") == []


@pytest.mark.parametrize("which", ["certificate", "key"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, which: str) -> None:
    made = make_certificate(tmp_path)
    missing: Path = getattr(made, which)
    missing.unlink()
    (fault,) = faults(tmp_path, made)
    assert fault.startswith(f"pbx.browser.{which}: {missing} cannot be read (No such file or directory)")


def test_a_key_of_another_certificate_is_told(tmp_path: Path) -> None:
    mine, other = make_certificate(tmp_path), make_certificate(tmp_path, "other.example")
    (fault,) = faults(tmp_path, Made(mine.certificate, other.key))
    assert f"the key {other.key} is not that of the certificate {mine.certificate}" in fault


@pytest.mark.parametrize("text", ["", "no certificate at all", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_what_is_no_certificate_is_told(tmp_path: Path, text: str) -> None:
    made = make_certificate(tmp_path)
    made.certificate.write_text(text)
    (fault,) = faults(tmp_path, made)
    assert "are no certificate and key in PEM without password" in fault


def test_an_expired_certificate_is_told(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, make_certificate(tmp_path, until="20200201"))
    assert "has expired; have it renewed" in fault


def test_a_certificate_for_another_host_is_told(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, make_certificate(tmp_path, "other.example"))
    assert "is not for hotline.example" in fault
    assert "correct pbx.browser.url" in fault


def test_pages_from_other_machines_need_https_for_a_microphone(tmp_path: Path) -> None:
    browser = [{"work_number": "1001", "name": "王敏", "skills": {}, "device": {"kind": DeviceKind.BROWSER}}]
    overrides = {"console__host": "0.0.0.0", "pbx__browser__url": "ws://192.0.2.7:8088/ws"}
    people = {"people": [*browser, *_ALL_SKILLS]}
    said = warned(browser_checks.browser_phones, examined(tmp_path, **overrides, **people))
    assert len(said) == 2
    assert "console.host 0.0.0.0: browsers give a microphone to pages over https" in said[0]
    assert "ws://192.0.2.7:8088/ws is not encrypted" in said[1]
    assert warned(browser_checks.browser_phones, examined(tmp_path, **overrides, people=_ALL_SKILLS)) == []


_ALL_SKILLS = [
    {
        "work_number": "1002",
        "name": "李强",
        "skills": {"consultation": 1, "repair": 1, "alarm": 1, "complaint": 1, "english": 1},
    }
]
