"""The syllable of each character of a text, so that articles are found by how they sound.

Which reading a character has depends on its word (银行, 行动); pypinyin knows words.
"""

import re

from pypinyin import Style, lazy_pinyin

from ivr.standard.knowledge_search import Sounded, signs_of

_HAN = re.compile(r"[㐀-䶿一-鿿豈-\ufaff]+")


def sounded(text: str) -> Sounded:
    """A text with its syllables without tones; ü is written v, as on a keyboard."""
    syllables = [""] * len(text)
    for run in _HAN.finditer(text):
        read = lazy_pinyin(run[0], style=Style.NORMAL, errors="ignore", v_to_u=False)
        if len(read) == len(run[0]):  # otherwise a character nobody can read is among them
            syllables[run.start() : run.end()] = [syllable.lower() for syllable in read]
    return Sounded(text, signs_of(text), tuple(syllables))
