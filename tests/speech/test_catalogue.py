"""The catalogue is whole, and what is wrong in it is named with its place."""

import re
from pathlib import Path

import pytest

from ivr.errors import PromptError
from ivr.speech.catalogue import Catalogue, load_catalogue
from ivr.speech.fragments import Fragment
from ivr.speech.wording import Place
from tests.speech.conftest import SMALL_CATALOGUE


def load_changed(folder: Path, old: str, new: str) -> Catalogue:
    assert old in SMALL_CATALOGUE
    (folder / "catalogue.yaml").write_text(SMALL_CATALOGUE.replace(old, new), encoding="utf-8")
    return load_catalogue(folder)


def test_every_fragment_has_a_file_name_of_its_own(catalogue: Catalogue) -> None:
    keys = [fragment.key for fragment in catalogue.fragments()]
    assert len(keys) == len(set(keys))
    assert all(re.fullmatch(r"(zh|en)/[a-z0-9_]+(\.[a-z0-9_]+)?", key) for key in keys)


def test_chinese_wording_is_chinese_and_english_wording_is_english(catalogue: Catalogue) -> None:
    letters = re.compile(r"[A-Z]")
    for fragment in catalogue.fragments():
        chinese = re.search(r"[一-鿿]", fragment.wording) is not None or letters.fullmatch(fragment.wording)
        assert bool(chinese) or fragment.voice_language == "en", fragment


def test_nothing_is_said_that_the_voices_misread(catalogue: Catalogue) -> None:
    misread = [fragment for fragment in catalogue.fragments() if "重听" in fragment.wording]
    assert misread == []


def test_the_gas_leak_key_is_said_first_in_every_menu(catalogue: Catalogue) -> None:
    for prompt_id in ("menu_main", "after_hours_choice"):
        chinese, english = (catalogue.prompts[prompt_id][language][0] for language in ("zh", "en"))
        assert isinstance(chinese, Fragment)
        assert isinstance(english, Fragment)
        assert chinese.wording.startswith("燃气泄漏报警，请按三")
        assert "gas leak, press three" in english.wording.split(".")[0]


def test_the_company_of_the_configuration_is_what_is_said(small_prompts: Path) -> None:
    catalogue = load_catalogue(small_prompts, {"company": {"zh": "海滨燃气", "en": "Seaside Gas"}})
    spoken = catalogue.prompts["welcome"]["zh"]
    assert spoken == (Fragment("zh", "welcome", "您好，海滨燃气。", "zh", ("海滨燃气",)),)


def test_a_wording_is_split_at_its_places(small_prompts: Path) -> None:
    pieces = load_catalogue(small_prompts).prompts["place"]["en"]
    assert [piece.name if isinstance(piece, Place) else piece.wording for piece in pieces] == [
        "Number",
        "place",
        "of all.",
    ]


def test_a_part_of_a_prompt_knows_the_sentence_around_it(catalogue: Catalogue) -> None:
    parts = [piece for piece in catalogue.prompts["after_hours"]["zh"] if isinstance(piece, Fragment)]
    assert [(part.before, part.wording, part.after) for part in parts] == [
        ("", "您好，现在不是人工服务时间。今天的服务时间是", "八点到八点"),
        ("今天的服务时间是八点", "到", "八点"),
    ]
    confirm = catalogue.prompts["callback_number"]["zh"][-1]
    assert isinstance(confirm, Fragment)
    assert (confirm.before, confirm.wording, confirm.after) == ("", "确认请按一。", "")


def test_a_word_knows_the_sentence_around_it(catalogue: Catalogue) -> None:
    word = catalogue.words["zh"]["n5"]
    assert (word.before, word.wording, word.after) == ("您现在排在第", "五", "位。")


def test_a_prompt_may_be_said_by_the_voice_of_another_language(tmp_path: Path) -> None:
    catalogue = load_changed(
        tmp_path, 'place: {zh: "第{place:ordinal}位。"', 'place: {voice: en, zh: "{place:ordinal}"'
    )
    assert catalogue.prompts["place"]["zh"] == (Place("place", catalogue.prompts["place"]["en"][1].kind),)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (', en: "This is {company:text}."', "", "prompts.welcome: needs a wording for each of zh, en"),
        ("{place:ordinal}位", "{place:number}位", "prompts.place: the languages take different values"),
        ("{place:ordinal}位", "{seat:ordinal}位", "prompts.place: the languages take different values"),
        ("{place:ordinal}位", "{place:rank}位", r"prompts.place.zh: \{place:rank\}: unknown kind"),
        ("{place:ordinal}位", "{place}位", r"prompts.place.zh: \{place\} is not a place"),
        ("{place:ordinal}位", "{place:ordinal位", "prompts.place.zh: a brace without its partner"),
        ("{place:ordinal}位", "{place:ordinal}{place:ordinal}", "prompts.place.zh: a value is named twice"),
        ("{place:ordinal}位", "3位", "prompts.place.zh: write numerals as words"),
        ('"第{place:ordinal}位。"', '"。"', "prompts.place.zh: says nothing"),
        ('"第{place:ordinal}位。"', "7", "prompts.place.zh: 7 is not a wording"),
        ("company:text}。", "firm:text}。", "no text is named 'firm'; there is company"),
        ("zh: 泉城燃气, ", "", "texts.company.zh: is missing"),
        ("format: 1", "format: 2", "this program reads format 1"),
        ("words:\n", "word:\n", "needs exactly the sections"),
        ("  en:\n    - {sent", "  fr:\n    - {sent", "words: needs a list for each of zh, en"),
        ("  en:\n    - {sentence: …,", "  en:\n    {sentence: …,", r"words.en: must be a list of groups"),
        ("{n1: one}", "{n1: 1}", r"words.en\[0\].words.n1: 1 is not a wording"),
        ("{n1: one}", "[one]", r"words.en\[0\].words: must be"),
        ("第…位。", "第一位。", r"words.zh\[0\].sentence: needs one …"),
        ("sentence: 第…位。, ", "", r"words.zh\[0\]: needs exactly sentence and words"),
        ("number: ten, ", "", "examples.en: needs exactly a text for each of number, minutes"),
        ("neural_rate: 0.9", "neural_rate: fast", "voices.en.neural_rate: 'fast' is not usable"),
        ("pyttsx3: en-us, ", "", "voices.en: needs exactly"),
        ("place: {zh", "place: {voice: fr, zh", "prompts.place.voice: 'fr' has no voice"),
        ("prompts:", "prompts: [", "is not YAML"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(PromptError, match=complaint) as refusal:
        load_changed(tmp_path, old, new)
    assert str(tmp_path / "catalogue.yaml") in str(refusal.value)


def test_a_missing_prompts_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match=f"prompts folder {tmp_path / 'nowhere'}: is missing"):
        load_catalogue(tmp_path / "nowhere")


def test_an_empty_prompts_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match=r"catalogue\.yaml: cannot be read: No such file"):
        load_catalogue(tmp_path)


def test_an_empty_catalogue_is_named(tmp_path: Path) -> None:
    (tmp_path / "catalogue.yaml").write_text("")
    with pytest.raises(PromptError, match="needs exactly the sections"):
        load_catalogue(tmp_path)
