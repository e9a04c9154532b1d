"""Cuts the catalogue's wording into fragments: what one audio file says.

A fragment is a whole prompt, a part of a prompt between two values, or a word that values are put
together from.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ivr.errors import PromptError
from ivr.speech.wording import Place, split_wording, uses_text

_GAP = "…"
_SENTENCE_END = re.compile(r"(?<=[。！？.!?])\s*")
_LEADING_PUNCTUATION = re.compile(r"^[\W_]+")


@dataclass(frozen=True, slots=True)
class Fragment:
    """What one audio file says.

    ``language`` is the language of the caller, ``voice_language`` that of the voice: "For English,
    press eight" is said in English to callers who hear Chinese. ``before`` and ``after`` are what the
    fragment's sentence goes on with; an engine that can says it all, and keeps only the fragment.
    """

    language: str
    name: str
    wording: str
    voice_language: str
    texts: tuple[str, ...] = ()
    before: str = ""
    after: str = ""

    @property
    def key(self) -> str:
        """The fragment's file without suffix, under audio/ as under the PBX's sounds: ``zh/welcome``."""
        return f"{self.language}/{self.name}"

    @property
    def uri(self) -> str:
        """The fragment as Asterisk's media URI."""
        return f"sound:hotline/{self.key}"


@dataclass(frozen=True, slots=True)
class LanguageTexts:
    """What is put into the places of a language's wording before rendering.

    ``texts`` goes into places of kind ``text``, by name; ``examples`` stands for a value, by kind,
    while the words around it are rendered.
    """

    texts: Mapping[str, str]
    examples: Mapping[str, str]


def prompt_pieces(
    language: str, name: str, wording: Any, voice_language: str, fill: LanguageTexts, where: str
) -> tuple[Fragment | Place, ...]:
    """Fragments and places of one wording, in speaking order.

    Args:
        name: the prompt's id.
        voice_language: whose voice says it.
        where: the wording's address in the catalogue, for errors.

    Raises:
        PromptError: the wording is not right.
    """
    if not isinstance(wording, str):
        raise PromptError(f"{where}: {wording!r} is not a wording; write it as text")
    split = split_wording(wording, fill.texts, where)
    whole = not any(isinstance(piece, Place) for piece in split)
    used = tuple(fill.texts[text] for text in uses_text(wording))
    said = [fill.examples[piece.kind] if isinstance(piece, Place) else piece for piece in split]
    pieces: list[Fragment | Place] = []
    number = 0
    for position, piece in enumerate(split):
        if isinstance(piece, Place):
            pieces.append(piece)
            continue
        number += 1
        before, text, after = _in_sentence(said, position)
        fragment_name = name if whole else f"{name}.{number}"
        pieces.append(Fragment(language, fragment_name, text, voice_language, used, before, after))
    return tuple(pieces)


def word_fragments(language: str, groups: Any, where: str) -> dict[str, Fragment]:
    """The fragments of a language's words, by key.

    Args:
        groups: the catalogue's list of a sentence with a gap and the words that are said in it.

    Raises:
        PromptError: the list is not right.
    """
    if not isinstance(groups, list):
        raise PromptError(f"{where}: must be a list of groups, each with a sentence and words")
    fragments: dict[str, Fragment] = {}
    for number, group in enumerate(groups):
        address = f"{where}[{number}]"
        if not isinstance(group, dict) or set(group) != {"sentence", "words"}:
            raise PromptError(f"{address}: needs exactly sentence and words")
        sentence, words = group["sentence"], group["words"]
        if not isinstance(sentence, str) or sentence.count(_GAP) != 1:
            raise PromptError(f"{address}.sentence: needs one {_GAP} where the words are said")
        if not isinstance(words, dict):
            raise PromptError(f'{address}.words: must be "key: wording" pairs')
        before, after = sentence.split(_GAP)
        for key, wording in words.items():
            if not isinstance(wording, str) or not wording:
                raise PromptError(f"{address}.words.{key}: {wording!r} is not a wording; write it as text")
            if key in fragments:
                raise PromptError(f"{address}.words.{key}: is there already; a key says one thing")
            fragments[key] = Fragment(language, f"word.{key}", wording, language, before=before, after=after)
    return fragments


def _in_sentence(said: list[str], position: int) -> tuple[str, str, str]:
    """A piece of a wording with what is said before and after it in the same sentences."""
    text = _LEADING_PUNCTUATION.sub("", said[position])
    before = "".join(said[:position]) + said[position].removesuffix(text)
    after = "".join(said[position + 1 :])
    if _SENTENCE_END.split(said[position])[-1] == "":
        after = ""
    return _SENTENCE_END.split(before)[-1].strip(), text.strip(), _SENTENCE_END.split(after)[0].strip()
