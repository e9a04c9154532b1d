"""Reads prompts/catalogue.yaml, the only home of spoken wording, into prompts and fragments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ivr.errors import PromptError
from ivr.speech.fragments import Fragment, LanguageTexts, prompt_pieces, word_fragments
from ivr.speech.wording import Place, ValueKind

CATALOGUE_FILE = "catalogue.yaml"
_SECTIONS = {"format", "voices", "texts", "examples", "prompts", "words"}
_VOICE_KEYS: dict[str, type | tuple[type, ...]] = {
    "neural": str,
    "neural_rate": (int, float),
    "pyttsx3": str,
    "pyttsx3_rate": int,
}

Texts = Mapping[str, Mapping[str, str]]
"""Text by name, then by language: ``{"company": {"zh": "泉城燃气", "en": "Spring City Gas"}}``."""


@dataclass(frozen=True, slots=True)
class VoiceChoice:
    """Which voice speaks a language, in each engine, and how fast (in the engine's own measure)."""

    neural: str
    neural_rate: float
    pyttsx3: str
    pyttsx3_rate: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every wording: ``prompts`` by id and language, ``words`` by language and key."""

    prompts: dict[str, dict[str, tuple[Fragment | Place, ...]]]
    words: dict[str, dict[str, Fragment]]
    voices: dict[str, VoiceChoice]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages every prompt is worded in."""
        return tuple(self.voices)

    def fragments(self) -> Iterator[Fragment]:
        """Every fragment that needs audio, prompts first."""
        for wordings in self.prompts.values():
            for pieces in wordings.values():
                yield from (piece for piece in pieces if isinstance(piece, Fragment))
        for words in self.words.values():
            yield from words.values()


def load_catalogue(prompts_folder: Path, texts: Texts | None = None) -> Catalogue:
    """Read ``prompts_folder``/catalogue.yaml.

    Args:
        prompts_folder: the folder that holds catalogue.yaml, audio/ and recorded/.
        texts: texts from the configuration; they go before those written in the catalogue.

    Raises:
        PromptError: folder or file missing, not YAML, or a wording is wrong; names where.
    """
    path = prompts_folder / CATALOGUE_FILE
    if not prompts_folder.is_dir():
        raise PromptError(
            f"prompts folder {prompts_folder}: is missing; it holds {CATALOGUE_FILE} and audio/"
        )
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise PromptError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PromptError(f"{path}: is not YAML in UTF-8: {error}") from error
    if not isinstance(content, dict) or set(content) != _SECTIONS:
        raise PromptError(f"{path}: needs exactly the sections {', '.join(sorted(_SECTIONS))}")
    if content["format"] != 1:
        raise PromptError(f"{path}: format: is {content['format']!r}; this program reads format 1")
    return _catalogue(content, texts or {}, str(path))


def _catalogue(content: dict[str, Any], given: Texts, path: str) -> Catalogue:
    voices = _voices(_mapping(content["voices"], f"{path}: voices"), f"{path}: voices")
    languages = tuple(voices)
    texts = {**_mapping(content["texts"], f"{path}: texts"), **given}
    examples = _mapping(content["examples"], f"{path}: examples")
    fill = {
        language: LanguageTexts(
            {name: _text(text, language, f"{path}: texts.{name}") for name, text in texts.items()},
            _examples(examples.get(language), f"{path}: examples.{language}"),
        )
        for language in languages
    }
    prompts = {
        prompt_id: _prompt(str(prompt_id), wordings, languages, fill, f"{path}: prompts.{prompt_id}")
        for prompt_id, wordings in _mapping(content["prompts"], f"{path}: prompts").items()
    }
    words = _mapping(content["words"], f"{path}: words")
    if set(words) != set(languages):
        raise PromptError(f"{path}: words: needs a list for each of {', '.join(languages)}")
    said = {key: word_fragments(key, groups, f"{path}: words.{key}") for key, groups in words.items()}
    return Catalogue(prompts, said, voices)


def _voices(section: dict[str, Any], where: str) -> dict[str, VoiceChoice]:
    voices: dict[str, VoiceChoice] = {}
    for language, choice in section.items():
        choice = _mapping(choice, f"{where}.{language}")
        if set(choice) != set(_VOICE_KEYS):
            raise PromptError(f"{where}.{language}: needs exactly {', '.join(_VOICE_KEYS)}")
        for key, kind in _VOICE_KEYS.items():
            if not isinstance(choice[key], kind) or not choice[key]:
                raise PromptError(f"{where}.{language}.{key}: {choice[key]!r} is not usable")
        voices[language] = VoiceChoice(**choice)
    return voices


def _prompt(
    prompt_id: str, wordings: Any, languages: tuple[str, ...], fill: Mapping[str, LanguageTexts], where: str
) -> dict[str, tuple[Fragment | Place, ...]]:
    wordings = dict(_mapping(wordings, where))
    voice = wordings.pop("voice", None)
    if voice is not None and voice not in languages:
        raise PromptError(f"{where}.voice: {voice!r} has no voice; use one of {', '.join(languages)}")
    if set(wordings) != set(languages):
        raise PromptError(f"{where}: needs a wording for each of {', '.join(languages)}, and nothing else")
    pieces = {
        language: prompt_pieces(
            language, prompt_id, wordings[language], voice or language, fill[language], f"{where}.{language}"
        )
        for language in languages
    }
    places = {
        language: sorted((piece.name, piece.kind) for piece in parts if isinstance(piece, Place))
        for language, parts in pieces.items()
    }
    if any(found != places[languages[0]] for found in places.values()):
        raise PromptError(f"{where}: the languages take different values: {places}; they must be the same")
    return pieces


def _examples(section: Any, where: str) -> dict[str, str]:
    examples: dict[str, str] = _mapping(section, where)
    if set(examples) != set(ValueKind) or not all(
        isinstance(text, str) and text for text in examples.values()
    ):
        raise PromptError(f"{where}: needs exactly a text for each of {', '.join(ValueKind)}")
    return examples


def _mapping(section: Any, where: str) -> dict[str, Any]:
    if not isinstance(section, dict) or not section:
        raise PromptError(f'{where}: must be lines of "key: value"')
    return section


def _text(text: Any, language: str, where: str) -> str:
    if not isinstance(text, Mapping) or not isinstance(text.get(language), str) or not text[language].strip():
        raise PromptError(f"{where}.{language}: is missing; it is said in a prompt")
    return str(text[language])
