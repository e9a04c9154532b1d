"""Chinese text as the sounds the neural voice was trained on: IPA with tone arrows, words apart.

Needs pypinyin (readings, also of characters with several) and jieba (where words end).
The table of sounds follows misaki (Apache-2.0) and pinyin-to-ipa (MIT), see NOTICE.
"""

import logging
import re
from functools import cache
from importlib import import_module
from typing import Any

_HAN_RUN = re.compile(r"[一-鿿]+|[^一-鿿]+")
_HAN = re.compile(r"[一-鿿]")
_SYLLABLE = re.compile(r"([a-zü]+)([1-5])")
_PUNCTUATION = str.maketrans(
    {
        "，": ", ",
        "、": ", ",
        "。": ". ",
        "！": "! ",
        "？": "? ",
        "：": ": ",
        "；": "; ",
        "（": " (",
        "）": ") ",
    }
)
_DIGIT_NAMES = str.maketrans("0123456789", "零一二三四五六七八九")

_TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}

_INITIALS = {
    "b": "p", "p": "pʰ", "m": "m", "f": "f",
    "d": "t", "t": "tʰ", "n": "n", "l": "l",
    "g": "k", "k": "kʰ", "h": "x",
    "j": "ʨ", "q": "ʨʰ", "x": "ɕ",
    "zh": "ꭧ", "ch": "ꭧʰ", "sh": "ʂ", "r": "ɻ",
    "z": "ʦ", "c": "ʦʰ", "s": "s",
}  # fmt: skip

# "0" stands where the tone's arrow goes.
_FINALS = {
    "a": "a0", "ai": "ai0", "an": "a0n", "ang": "a0ŋ", "ao": "au0",
    "e": "ɤ0", "ei": "ei0", "en": "ə0n", "eng": "ə0ŋ", "er": "ɚ0", "ê": "ɛ0",
    "i": "i0", "ia": "ja0", "ian": "jɛ0n", "iang": "ja0ŋ", "iao": "jau0", "ie": "je0",
    "in": "i0n", "iou": "jou0", "ing": "i0ŋ", "iong": "jʊ0ŋ", "io": "jɔ0",
    "o": "wo0", "ong": "ʊ0ŋ", "ou": "ou0",
    "u": "u0", "uei": "wei0", "ua": "wa0", "uai": "wai0", "uan": "wa0n", "uen": "wə0n",
    "uang": "wa0ŋ", "ueng": "wə0ŋ", "uo": "wo0",
    "ü": "y0", "üe": "ɥe0", "üan": "ɥɛ0n", "ün": "y0n",
}  # fmt: skip
_BUZZED_I = "ɨ0"
_BUZZING = {"zh", "ch", "sh", "r", "z", "c", "s"}


def digits_as_words(text: str) -> str:
    """Figures of a company's name, one by one: G7 is G七."""
    return text.translate(_DIGIT_NAMES)


def pinyin(text: str) -> str:
    """Chinese text as pinyin with tone numbers and Latin punctuation, for a voice that reads pinyin."""
    lazy_pinyin = import_module("pypinyin").lazy_pinyin
    style = import_module("pypinyin").Style.TONE3
    plain = digits_as_words(text).translate(_PUNCTUATION)
    return " ".join(lazy_pinyin(plain, style=style, neutral_tone_with_five=True, v_to_u=False))


def mandarin_phonemes(text: str, latin_phonemes: dict[str, str] | None = None) -> str:
    """Chinese text as phonemes of the neural voice.

    Args:
        text: Chinese text; what is not Chinese is passed on as it stands, unless
        latin_phonemes: says how a run of it sounds (keys are runs as `latin_runs` returns them).
    """
    sounds = []
    for run in _HAN_RUN.findall(digits_as_words(text).translate(_PUNCTUATION)):
        if _HAN.match(run):
            words = _segmenter().lcut(run, cut_all=False)
            sounds.append(" ".join(_word_phonemes(word) for word in words))
        else:
            sounds.append((latin_phonemes or {}).get(run.strip(), run))
    return "".join(sounds).strip()


def latin_runs(text: str) -> list[str]:
    """The runs of a Chinese text that are written in Latin letters."""
    runs = _HAN_RUN.findall(digits_as_words(text).translate(_PUNCTUATION))
    return [run.strip() for run in runs if re.search(r"[A-Za-z]", run)]


@cache
def _segmenter() -> Any:
    jieba = import_module("jieba")
    jieba.setLogLevel(logging.WARNING)
    return jieba


def _word_phonemes(word: str) -> str:
    lazy_pinyin = import_module("pypinyin").lazy_pinyin
    style = import_module("pypinyin").Style.TONE3
    return "".join(
        _syllable_phonemes(syllable)
        for syllable in lazy_pinyin(word, style=style, neutral_tone_with_five=True)
    )


def _syllable_phonemes(syllable: str) -> str:
    convert = import_module("pypinyin.contrib.tone_convert")
    match = _SYLLABLE.fullmatch(syllable.replace("v", "ü"))
    if not match:
        return ""
    plain, tone = match.groups()
    if plain == "er":
        initial, final = "", "er"
    else:
        initial = convert.to_initials(plain, strict=True)
        final = convert.to_finals(plain, strict=True, v_to_u=True)
    sound = _BUZZED_I if final == "i" and initial in _BUZZING else _FINALS.get(final, "")
    return _INITIALS.get(initial, "") + sound.replace("0", _TONES[tone])
