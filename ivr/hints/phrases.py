"""Forbidden and missing phrases in what was heard, compared by sound: signs are misread, syllables seldom.

R-8: forbidden phrases. R-12.4, R-12.12: what belongs to every conversation.
"""

from collections.abc import Sequence

from pypinyin import lazy_pinyin

from ivr.standard.talk_hints import Heard, Hint, HintKind

SHORTEST = 3
"""Syllables: shorter phrases are heard in any talk."""


def sounds(text: str) -> list[str]:
    """The syllables of a text without their tones; what is no Han character is left out."""
    return lazy_pinyin("".join(sign for sign in text if "\u3400" <= sign <= "\u9fff"))


def hints(heard: Sequence[Heard], forbidden: Sequence[str], expected: Sequence[str]) -> list[Hint]:
    """Where a forbidden phrase was heard, and which expected ones were not, marked at the end."""
    found = []
    spoken = [(one, sounds(one.text)) for one in heard]
    for phrase in forbidden:
        wanted = sounds(phrase)
        if len(wanted) >= SHORTEST:
            found += [
                Hint(HintKind.FORBIDDEN, one.begin, one.end, phrase)
                for one, said in spoken
                if _holds(said, wanted)
            ]
    everything = [syllable for _, said in spoken for syllable in said]
    end = heard[-1].end if heard else 0.0
    found += [
        Hint(HintKind.MISSING, end, end, phrase)
        for phrase in expected
        if heard and not _holds(everything, sounds(phrase))
    ]
    return found


def _holds(said: Sequence[str], wanted: Sequence[str]) -> bool:
    size = len(wanted)
    return any(list(said[at : at + size]) == list(wanted) for at in range(len(said) - size + 1))
