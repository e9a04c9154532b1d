"""English text as the sounds the neural voice was trained on, through espeak-ng's phonemes.

Needs espeakng-loader, a wheel that carries espeak-ng 1.52; nothing has to be installed on the system.
The mapping to the voice's alphabet follows misaki (Apache-2.0), see NOTICE.
"""

import ctypes
import re
from functools import cache
from importlib import import_module

from ivr.errors import PromptError

# espeak-ng's speak_lib.h: AUDIO_OUTPUT_SYNCHRONOUS, espeakCHARS_UTF8, and the phoneme mode
# "IPA, with bits 8 to 23 as a tie between the letters of one sound".
_OUTPUT_SYNCHRONOUS = 2
_CHARS_UTF8 = 1
_TIE = "^"
_PHONEME_MODE = 0x02 | 0x80 | ord(_TIE) << 8
_VOICE = b"en-us"

_PUNCTUATION = re.compile(r"\s*([,.;:!?])\s*")

# Longest first; from espeak's American English to the voice's alphabet.
_SOUNDS = (
    ("ʔˌn\u0329", "ʔn"), ("ʔn\u0329", "ʔn"), ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"),
    ("t^ʃ", "ʧ"), ("ɔ^ɪ", "Y"), ("ə^l", "ᵊl"), ("ʲo", "jo"), ("ʲə", "jə"), ("ʲ", ""), ("ɚ", "əɹ"),
    ("r", "ɹ"), ("x", "k"), ("ç", "k"), ("ɐ", "ə"), ("ɬ", "l"), ("\u0303", ""), ("e", "A"),
)  # fmt: skip
_AFTERWARDS = (
    ("o^ʊ", "O"), ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɪə", "iə"), ("ː", ""), ("o", "ɔ"), ("ɾ", "T"), ("ʔ", "t"),
    (_TIE, ""),
)  # fmt: skip
_SYLLABIC = re.compile(r"(\S)\u0329")


def english_phonemes(text: str) -> str:
    """English text as phonemes of the neural voice; punctuation stays, for the pauses.

    Raises:
        PromptError: espeak-ng of the wheel does not start.
    """
    parts = _PUNCTUATION.split(text.strip())
    spoken = [
        _clause_phonemes(part) if position % 2 == 0 else f"{part} " for position, part in enumerate(parts)
    ]
    return "".join(spoken).strip()


def _clause_phonemes(clause: str) -> str:
    if not clause.strip():
        return ""
    library = _espeak()
    position = ctypes.c_char_p(clause.encode())
    found: list[str] = []
    while position.value:
        sounds = library.espeak_TextToPhonemes(ctypes.byref(position), _CHARS_UTF8, _PHONEME_MODE)
        found.append((sounds or b"").decode())
    sounds_text = " ".join(found).strip()
    for espeak, voice in _SOUNDS:
        sounds_text = sounds_text.replace(espeak, voice)
    sounds_text = _SYLLABIC.sub(r"ᵊ\1", sounds_text).replace("\u0329", "")
    for espeak, voice in _AFTERWARDS:
        sounds_text = sounds_text.replace(espeak, voice)
    return sounds_text


@cache
def _espeak() -> ctypes.CDLL:
    loader = import_module("espeakng_loader")
    library = ctypes.CDLL(loader.get_library_path())
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
    # The wheel's data folder holds espeak-ng-data; espeak accepts either that folder or its parent.
    if library.espeak_Initialize(_OUTPUT_SYNCHRONOUS, 0, str(loader.get_data_path()).encode(), 0) < 0:
        raise PromptError("espeak-ng of the package espeakng-loader does not start; reinstall the package")
    if library.espeak_SetVoiceByName(_VOICE) != 0:
        raise PromptError(
            "espeak-ng of the package espeakng-loader has no voice en-us; reinstall the package"
        )
    return library
