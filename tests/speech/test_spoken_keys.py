"""Callers are told the keys that the configuration means."""

import json
import shutil
from pathlib import Path

import pytest

from ivr.config import Settings, load
from ivr.speech.catalogue import load_catalogue
from ivr.speech.spoken_keys import OF_ALARM, WrongKey, keys_told, wrong_keys

PROJECT = Path(__file__).parents[2]


def settings(**overrides: object) -> Settings:
    environment = {
        f"HOTLINE__{key.upper()}": value if isinstance(value, str) else json.dumps(value)
        for key, value in overrides.items()
    }
    return load(PROJECT / "config.yaml", environment)


def found(folder: Path = PROJECT / "prompts", **overrides: object) -> list[WrongKey]:
    return list(wrong_keys(settings(**overrides), load_catalogue(folder), folder))


@pytest.mark.parametrize(
    ("wording", "keys"),
    [
        ("一般，请按三。不满意，请按二。", {"3", "2"}),
        ("对不起，请按一到五之间的数字键。", {"1", "5"}),
        ("重复收听，请按星号键。说完请按井号键。", {"*", "#"}),
        ("For English, press eight.", {"8"}),
        ("Sorry, please press a number from one to five.", {"1", "5"}),
        ("Please speak after the tone, and press the hash key.", {"#"}),
        ("We have one choice. Nobody presses anything.", set()),
    ],
)
def test_the_keys_of_a_wording_are_those_after_the_word_press(wording: str, keys: set[str]) -> None:
    assert keys_told(wording) == keys


def test_what_ships_tells_the_keys_of_the_shipped_configuration() -> None:
    assert found() == []


def test_another_gas_leak_key_names_every_prompt_that_still_tells_the_old_one() -> None:
    keys = {"9": {"queue": "alarm"}, "1": {"queue": "repair"}}
    (wrong,) = found(alarm__key="9", menu__main__keys=keys, menu__english__keys=keys)
    assert wrong.alarm
    told = {"menu_main", *OF_ALARM}
    assert set(wrong.prompts) == {f"{language}/{prompt}" for language in ("zh", "en") for prompt in told}
    assert str(wrong).startswith("alarm.key: zh/after_hours_choice, ")
    assert str(wrong).endswith(
        " do not tell callers key 9; change the wording in catalogue.yaml, then: hotline prompts render"
    )


def test_another_key_for_the_call_back_and_other_scores_are_named() -> None:
    (call_back,) = found(waiting__call_back_key="2")
    assert (call_back.setting, call_back.prompts) == (
        "waiting.call_back_key",
        ("zh/callback_offer", "en/callback_offer"),
    )
    asked = ("zh/survey_invite", "en/survey_invite", "zh/survey_wrong_key", "en/survey_wrong_key")
    (fewer,) = found(survey__highest="3")
    assert (fewer.right, fewer.prompts) == ("keys 1 to 3", asked)
    (more,) = found(survey__highest="7")
    assert more.prompts == asked
    assert found(survey__highest="7", survey__enabled="false") == []


def test_a_changed_wording_and_a_human_voice_put_it_right(tmp_path: Path) -> None:
    folder = tmp_path / "prompts"
    (folder / "recorded" / "en").mkdir(parents=True)
    shutil.copy(PROJECT / "prompts" / "catalogue.yaml", folder)
    catalogue = folder / "catalogue.yaml"
    text = catalogue.read_text(encoding="utf-8")
    catalogue.write_text(text.replace("如果您不想等待，请按一。", "如果您不想等待，请按二。"), "utf-8")
    (left,) = found(folder, waiting__call_back_key="2")
    assert left.prompts == ("en/callback_offer",)
    (folder / "recorded" / "en" / "callback_offer.wav").touch()
    assert found(folder, waiting__call_back_key="2") == []
