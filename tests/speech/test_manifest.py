"""Changed wording is noticed, and a human's recording needs no rendering."""

from pathlib import Path

import pytest
import soundfile

from ivr.errors import PromptError
from ivr.speech.catalogue import load_catalogue
from ivr.speech.manifest import Fault, audio_findings, read_manifest, rendered_path, write_manifest


def reword(folder: Path, old: str, new: str) -> None:
    path = folder / "catalogue.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def faults(folder: Path, company: str = "泉城燃气") -> dict[str, Fault]:
    texts = {"company": {"zh": company, "en": "Spring City Gas"}}
    return {
        finding.fragment.key: finding.fault
        for finding in audio_findings(load_catalogue(folder, texts), folder)
    }


def test_a_rendered_catalogue_has_nothing_to_complain_of(small_prompts: Path) -> None:
    assert faults(small_prompts) == {}


def test_changed_wording_makes_only_its_own_audio_stale(small_prompts: Path) -> None:
    reword(small_prompts, "位。", "个。")
    assert faults(small_prompts) == {"zh/place.2": Fault.STALE}


def test_another_company_makes_what_names_it_stale_and_says_why(small_prompts: Path) -> None:
    assert faults(small_prompts, company="海滨燃气") == {"zh/welcome": Fault.STALE}
    catalogue = load_catalogue(small_prompts, {"company": {"zh": "海滨燃气", "en": "Spring City Gas"}})
    (finding,) = audio_findings(catalogue, small_prompts)
    assert str(finding) == (
        "prompt zh/welcome: has audio of another wording (the configuration now says 海滨燃气); "
        "run: hotline prompts render --language zh welcome"
    )


def test_another_voice_language_makes_audio_stale(small_prompts: Path) -> None:
    reword(small_prompts, "welcome: {zh", "welcome: {voice: en, zh")
    assert faults(small_prompts) == {"zh/welcome": Fault.STALE}


def test_a_new_prompt_has_no_audio(small_prompts: Path) -> None:
    reword(small_prompts, "words:\n", "  bye: {zh: 再见。, en: Goodbye.}\nwords:\n")
    assert faults(small_prompts) == {"zh/bye": Fault.MISSING, "en/bye": Fault.MISSING}


def test_a_deleted_file_is_missing(small_prompts: Path) -> None:
    fragment = load_catalogue(small_prompts).words["en"]["n1"]
    rendered_path(small_prompts, fragment.key).unlink()
    assert faults(small_prompts) == {"en/word.n1": Fault.MISSING}


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_a_recorded_prompt_is_never_stale(small_prompts: Path, suffix: str) -> None:
    reword(small_prompts, "位。", "个。")
    recorded = small_prompts / "recorded" / "zh" / f"place.2{suffix}"
    recorded.parent.mkdir(parents=True)
    soundfile.write(recorded, [0.1, 0.2], 16_000)
    assert faults(small_prompts) == {}


def test_a_manifest_survives_being_written(small_prompts: Path) -> None:
    records = read_manifest(small_prompts)
    assert len(records) == 8
    write_manifest(small_prompts, records)
    assert read_manifest(small_prompts) == records


@pytest.mark.parametrize("content", ["", "[]", '{"format": 9}', '{"format": 1, "fragments": {"a": {}}}'])
def test_a_broken_manifest_is_named(small_prompts: Path, content: str) -> None:
    path = small_prompts / "audio" / "manifest.json"
    path.write_text(content)
    with pytest.raises(PromptError, match=str(path)):
        read_manifest(small_prompts)
