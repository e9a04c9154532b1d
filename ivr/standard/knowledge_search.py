"""Finding articles as somebody types: Chinese, full pinyin, initials, and any mixture of them.

"燃气泄漏" is found by 泄漏, ranqixielou, rqxl, 燃qi, ranqx, and by ranqix while the rest is being typed.
First what fits exactly; where nothing does, what sounds alike (zh and z, ang and an); then what fits the
beginning of what was typed; at last what shares pairs of signs with it. A title counts more than a tag,
a tag more than the text; among equals, articles for the kind of the current call come first.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

LONGEST_QUERY = 60
"""Characters that are looked at."""

MOST_HITS = 12

_EXCERPT_BEFORE = 12
_EXCERPT_LENGTH = 72
_SHORTEST_BEGINNING = 2
_LEAST_PAIRS = 2


class Where(IntEnum):
    """Where a query was found; the higher comes first."""

    TEXT = 1  # in the running text
    TAG = 2  # in a tag or a keyword
    TITLE = 3  # in the title


@dataclass(frozen=True, slots=True)
class Sounded:
    """A text with the syllable of each character, "" where it has none; both of one length.

    ``text`` is as it is shown; ``signs`` is it in small letters of ordinary width, for comparing.
    """

    text: str
    signs: str
    syllables: tuple[str, ...]

    def soft(self) -> "Sounded":
        """The same with syllables that sound alike written alike."""
        return Sounded(self.text, self.signs, tuple(map(soften, self.syllables)))


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as it is searched. ``tags``: tags and keywords."""

    slug: str
    title: Sounded
    tags: tuple[Sounded, ...]
    text: Sounded
    kinds: tuple[str, ...]

    def soft(self) -> "Entry":
        """The same with syllables that sound alike written alike."""
        tags = tuple(tag.soft() for tag in self.tags)
        return Entry(self.slug, self.title.soft(), tags, self.text.soft(), self.kinds)


class Index:
    """All articles, ready to be searched; ``entries`` in the order in which equals are shown."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)
        self.soft = tuple(entry.soft() for entry in entries)


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found; marks are (begin, end) in the title and in the excerpt.

    ``approximate``: it does not fit what was typed, only what sounds like it or its beginning.
    """

    slug: str
    where: Where
    title_marks: tuple[tuple[int, int], ...]
    excerpt: str
    excerpt_marks: tuple[tuple[int, int], ...]
    approximate: bool


def signs_of(text: str) -> str:
    """Small letters of ordinary width, character by character, so that places stay the same."""
    return "".join(map(_sign, text))


def soften(letters: str) -> str:
    """Pinyin with the sounds that many speakers do not tell apart written alike."""
    for sound, like in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in")):
        letters = letters.replace(sound, like)
    return letters


def find(index: Index, query: str, kind: str | None = None, most: int = MOST_HITS) -> list[Hit]:
    """The articles that hold every word of ``query``, the best first.

    :param query: as typed; words are parted by spaces. Nothing typed: every article, those of ``kind`` first.
    :param kind: of the current call.
    :param most: how many at most.
    """
    if not query.strip():
        none_marked = [Hit(entry.slug, Where.TEXT, (), "", (), False) for entry in index.entries]
        return _ordered(index, none_marked, kind)[:most]
    words = _words(query)
    for attempt in _attempts(index, words) if words else ():
        hits = [hit for entry in attempt.entries if (hit := _hit(entry, attempt)) is not None]
        if hits:
            return _ordered(index, hits, kind)[:most]
    return _by_pairs(index, words, kind)[:most]


def _words(query: str) -> list[str]:
    """What was typed, as words: an input method parts syllables by apostrophes while they are being typed."""
    bare = signs_of(query[:LONGEST_QUERY]).replace("'", "").replace("’", "")
    return "".join(sign if sign.isalnum() else " " for sign in bare).split()


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One way to look for words; ``in_text``: not only in titles and tags."""

    entries: Sequence[Entry]
    words: list[str]
    in_text: bool
    approximate: bool


def _attempts(index: Index, words: list[str]) -> Iterator[_Attempt]:
    """Exactly; then as it sounds; then ever shorter beginnings of the words, down to their halves."""
    yield _Attempt(index.entries, words, in_text=True, approximate=False)
    yield _Attempt(index.soft, [soften(word) for word in words], in_text=True, approximate=True)
    for cut in range(1, max(map(len, words)) // 2 + 1):
        shorter = [word[: max(-(-len(word) // 2), _SHORTEST_BEGINNING, len(word) - cut)] for word in words]
        yield _Attempt(index.entries, shorter, in_text=False, approximate=True)


def _ordered(index: Index, hits: Sequence[Hit], kind: str | None) -> list[Hit]:
    order = {entry.slug: (kind not in entry.kinds, place) for place, entry in enumerate(index.entries)}
    return sorted(hits, key=lambda hit: (-hit.where, *order[hit.slug]))


def _by_pairs(index: Index, words: list[str], kind: str | None) -> list[Hit]:
    """A whole question in Chinese, such as 小区燃气价格是多少: what shares most pairs of signs with it.

    Only in titles and tags, and only what shares two pairs or more: one alone is found nearly everywhere.
    """
    pairs = {word[at : at + 2] for word in words for at in range(len(word) - 1) if not word.isascii()}
    shared: dict[str, int] = {}
    for entry in index.entries:
        texts = (entry.title, *entry.tags)
        count = sum(any(pair in text.signs for text in texts) for pair in pairs)
        if count >= _LEAST_PAIRS:
            shared[entry.slug] = count
    hits = [Hit(slug, Where.TAG, (), "", (), True) for slug in shared]
    return sorted(_ordered(index, hits, kind), key=lambda hit: -shared[hit.slug])


def _hit(entry: Entry, attempt: _Attempt) -> Hit | None:
    where = Where.TITLE
    title_marks: list[tuple[int, int]] = []
    text_marks: list[tuple[int, int]] = []
    for word in attempt.words:
        if mark := found_at(entry.title, word, initials=True):
            title_marks.append(mark)
        elif any(found_at(tag, word, initials=True) for tag in entry.tags):
            where = min(where, Where.TAG)
        elif attempt.in_text and (mark := found_at(entry.text, word, initials=False)):
            where = Where.TEXT
            text_marks.append(mark)
        else:
            return None
    excerpt, excerpt_marks = _excerpt(entry.text.text, text_marks)
    return Hit(entry.slug, where, tuple(title_marks), excerpt, excerpt_marks, attempt.approximate)


def _excerpt(text: str, marks: Sequence[tuple[int, int]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A piece of the text around the first mark, cut at its line; empty where nothing is marked."""
    if not marks:
        return "", ()
    first = marks[0][0]
    begin = max(text.rfind("\n", 0, first) + 1, first - _EXCERPT_BEFORE)
    end = text.find("\n", first)
    end = min(len(text) if end < 0 else end, begin + _EXCERPT_LENGTH)
    lead = "" if text[begin - 1 : begin] in ("", "\n") else "…"
    moved = begin - len(lead)
    shown = tuple((a - moved, b - moved) for a, b in marks if a >= begin and b <= end)
    return lead + text[begin:end], shown


def found_at(sounded: Sounded, word: str, *, initials: bool) -> tuple[int, int] | None:
    """Where ``word`` first fits, as (begin, end); None where it does not.

    :param word: signs and letters of pinyin in any mixture.
    :param initials: whether a syllable may be written by its first letter (zh, ch, sh: or two) alone.
        In running text it may not: nearly every pair of letters would be found.
    """
    if not initials and len(word) == 1 and word.isascii():
        return None
    first = word[0]
    for begin, sign in enumerate(sounded.signs):
        if (sign == first or sounded.syllables[begin][:1] == first) and (
            end := _fits_from(sounded, begin, word, initials)
        ):
            return begin, end
    return None


def _fits_from(sounded: Sounded, begin: int, word: str, initials: bool) -> int | None:
    """The place after the last character that ``word`` covers from ``begin`` on.

    All ways to read the word are followed side by side: ``reached`` holds how much of it each has used.
    """
    reached = {0}
    for place in range(begin, len(sounded.signs)):
        sign = sounded.signs[place]
        if not sign.isalnum():
            if sign == "\n":
                return None
            continue
        syllable = sounded.syllables[place]
        following = set()
        for used in reached:
            if word[used] == sign:
                following.add(used + 1)
            if syllable:
                rest = word[used:]
                if syllable.startswith(rest) and (initials or used > 0 or len(rest) > 1):
                    return place + 1  # the last syllable is still being typed
                following.update(used + length for length in _lengths(syllable, rest, initials))
        if len(word) in following:
            return place + 1
        if not following:
            return None
        reached = following
    return None


def _lengths(syllable: str, rest: str, initials: bool) -> set[int]:
    """How many letters of ``rest`` may stand for the syllable."""
    lengths = set()
    if rest.startswith(syllable):
        lengths.add(len(syllable))
    if initials and rest[0] == syllable[0]:
        lengths.add(1)
        if rest[:2] == syllable[:2] and rest[:2] in ("zh", "ch", "sh"):
            lengths.add(2)
    return lengths


def _sign(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character).casefold()
    return plain if len(plain) == 1 else character
