"""A prompt and its values become the media the PBX plays."""

import datetime

import pytest

from ivr.errors import PromptError
from ivr.speech.catalogue import Catalogue
from ivr.speech.fragments import Fragment
from ivr.speech.phrases import PAUSE_URI, media
from ivr.speech.prompt_ids import Prompt
from ivr.speech.wording import Place, ValueKind

EXAMPLES: dict[ValueKind, object] = {
    ValueKind.NUMBER: 12,
    ValueKind.MINUTES: 3,
    ValueKind.ORDINAL: 2,
    ValueKind.DIGITS: "13800138000",
    ValueKind.TIME: datetime.time(8, 30),
    ValueKind.DATE: datetime.date(2026, 11, 23),
    ValueKind.CASE_NUMBER: "TS2026-11-0001",
}


def example_values(catalogue: Catalogue, prompt_id: str, language: str) -> dict[str, object]:
    pieces = catalogue.prompts[prompt_id][language]
    return {piece.name: EXAMPLES[piece.kind] for piece in pieces if isinstance(piece, Place)}


def test_a_prompt_without_values_is_one_sound(catalogue: Catalogue) -> None:
    assert media(catalogue, Prompt.WELCOME, "zh") == ["sound:hotline/zh/welcome"]


def test_a_value_is_spoken_between_the_parts_of_its_prompt(catalogue: Catalogue) -> None:
    assert media(catalogue, Prompt.QUEUE_POSITION, "zh", place=105) == [
        "sound:hotline/zh/queue_position.1",
        "sound:hotline/zh/word.h1",
        "sound:hotline/zh/word.z5",
        "sound:hotline/zh/queue_position.2",
    ]


def test_groups_of_a_telephone_number_are_held_apart(catalogue: Catalogue) -> None:
    spoken = media(catalogue, Prompt.CALLBACK_NUMBER, "en", number="13800138000")
    assert [position for position, uri in enumerate(spoken) if uri == PAUSE_URI] == [4, 9]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("prompt_id", list(Prompt))
def test_every_prompt_speaks_in_every_language(
    catalogue: Catalogue, prompt_id: Prompt, language: str
) -> None:
    known = {fragment.uri for fragment in catalogue.fragments()} | {PAUSE_URI}
    spoken = media(catalogue, prompt_id, language, **example_values(catalogue, prompt_id, language))
    assert spoken
    assert set(spoken) <= known


def test_an_unknown_prompt_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(PromptError, match="'welcom': is not in the catalogue"):
        media(catalogue, "welcom", "zh")


def test_an_unknown_language_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(PromptError, match="has no wording in 'fr'; there is zh, en"):
        media(catalogue, Prompt.WELCOME, "fr")


def test_a_missing_value_is_named(catalogue: Catalogue) -> None:
    with pytest.raises(PromptError, match="'after_hours': needs the value to_time"):
        media(catalogue, Prompt.AFTER_HOURS, "zh", from_time="08:00")


def test_a_surplus_value_is_named(catalogue: Catalogue) -> None:
    with pytest.raises(PromptError, match="does not speak company; it takes no values"):
        media(catalogue, Prompt.WELCOME, "zh", company="泉城燃气")


def test_a_value_of_the_wrong_type_names_prompt_and_value(catalogue: Catalogue) -> None:
    with pytest.raises(PromptError, match="'queue_position': place: '3' is not a whole number"):
        media(catalogue, Prompt.QUEUE_POSITION, "zh", place="3")


def test_a_word_that_the_catalogue_lacks_is_named(catalogue: Catalogue) -> None:
    words: dict[str, dict[str, Fragment]] = {"zh": {}, "en": {}}
    bare = Catalogue(catalogue.prompts, words, catalogue.voices)
    with pytest.raises(PromptError, match=r"words\.zh has no 'n2'"):
        media(bare, Prompt.QUEUE_POSITION, "zh", place=2)
