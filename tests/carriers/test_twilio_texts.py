"""Texts by the real library, to a server that speaks Twilio's API."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.carriers.texts import OutgoingText, text_carrier
from ivr.carriers.twilio_texts import TwilioTexts
from ivr.config import load
from ivr.config.twilio_section import Twilio
from ivr.errors import CarrierAway, CarrierRefused, ConfigError, NeverCarried
from tests.carriers.twilio_api import SID, TOKEN, TwilioApi
from tests.conftest import PROJECT

pytestmark = pytest.mark.socket

TEXT = OutgoingText(7, "+8613900000001", "工单2026-11-0001已受理", True, datetime.now(UTC), False)


@pytest.fixture
def api() -> Iterator[TwilioApi]:
    with TwilioApi() as api:
        yield api


def settings(api: TwilioApi) -> Twilio:
    return Twilio(
        enabled=True,
        number="+8653188880001",
        public_url="https://hotline.example",
        pbx="sip:95777@pbx.example",
        api_url=api.url,
        timeout=2,
    )


def test_a_text_is_handed_over_with_where_to_tell_what_became_of_it(api: TwilioApi) -> None:
    TwilioTexts(settings(api), SID, TOKEN).carry(TEXT)
    (message,) = api.messages
    assert (message["to"], message["from"], message["body"]) == (TEXT.to, "+8653188880001", TEXT.text)
    assert message["status_callback"] == "https://hotline.example/twilio/text/status?notice=7"


def test_what_may_have_gone_out_already_is_looked_for_first(api: TwilioApi) -> None:
    carrier = TwilioTexts(settings(api), SID, TOKEN)
    again = OutgoingText(TEXT.id, TEXT.to, TEXT.text, True, TEXT.made_at, unclear=True)
    carrier.carry(again)
    carrier.carry(again)
    assert len(api.messages) == 1
    assert [one.split()[0] for one in api.requests] == ["GET", "POST", "GET"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((400, 21211, "Invalid 'To' Phone Number"), NeverCarried),
        ((400, 21610, "Attempt to send to unsubscribed recipient"), NeverCarried),
        ((429, 20429, "Too Many Requests"), CarrierRefused),
        ((503, 20503, "Service unavailable"), CarrierRefused),
        ((403, 20006, "Access denied"), CarrierAway),
    ],
)
def test_what_twilio_refuses_is_told_apart(
    api: TwilioApi, answer: tuple[int, int, str], error: type[Exception]
) -> None:
    api.fails_with = answer
    with pytest.raises(error, match=f"{answer[0]} .{answer[1]}."):
        TwilioTexts(settings(api), SID, TOKEN).carry(TEXT)
    assert api.messages == []


def test_wrong_credentials_and_an_address_where_nobody_listens_are_said(api: TwilioApi) -> None:
    with pytest.raises(CarrierAway, match=r"Authenticate.*account_sid_from"):
        TwilioTexts(settings(api), SID, "wrong").carry(TEXT)
    away = TwilioTexts(settings(api), SID, TOKEN)
    api.end()
    with pytest.raises(CarrierAway, match="Twilio: "):
        away.carry(TEXT)


ON = {
    "HOTLINE__TWILIO__ENABLED": "true",
    "HOTLINE__TWILIO__NUMBER": "+8653188880001",
    "HOTLINE__TWILIO__PUBLIC_URL": "https://hotline.example",
    "HOTLINE__TWILIO__PBX": "sip:95777@pbx.example",
}


def test_it_is_off_unless_switched_on_and_then_wants_its_credentials_from_the_environment(
    tmp_path: Path,
) -> None:
    home = {"HOTLINE_HOME": str(tmp_path)}
    off = load(PROJECT / "config.yaml", home)
    assert not off.twilio.enabled and not isinstance(text_carrier(off), TwilioTexts)
    with pytest.raises(ConfigError, match="TWILIO_ACCOUNT_SID is not set"):
        load(PROJECT / "config.yaml", {**home, **ON})
    secrets = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": TOKEN}
    switched_on = {**home, **ON, **secrets, "HOTLINE__TEXTS__CARRIER": "twilio", "HOTLINE__DEMO": "false"}
    on = load(PROJECT / "config.yaml", switched_on)
    assert isinstance(text_carrier(on), TwilioTexts)
    assert TOKEN not in repr(on) and TOKEN not in on.model_dump_json()
    with pytest.raises(ConfigError, match=r"texts\.carrier: twilio is not switched on"):
        load(PROJECT / "config.yaml", {**home, "HOTLINE__TEXTS__CARRIER": "twilio"})
    with pytest.raises(ConfigError, match="number is missing"):
        load(PROJECT / "config.yaml", {**home, **secrets, "HOTLINE__TWILIO__ENABLED": "true"})
