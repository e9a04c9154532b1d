"""Reads prompts/notices.yaml: the words of all notices by desk, text and mail."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError, field_validator

from ivr.config.explanation import explain
from ivr.config.sections import CallKind
from ivr.config.value_types import LINE_PATTERN, Section
from ivr.config.yaml_lines import FileMistakes, dotted, line_of, yaml_of_file
from ivr.errors import NoticeTextError
from ivr.standard.obligations import ObligationKind

FILE = "notices.yaml"
PLACE = re.compile(r"\{([a-z]+)\}")
PLACES = frozenset(
    {"company", "hotline", "number", "kind", "responder", "unit", "address", "obligation", "due"}
    | {"percent", "link", "area", "work", "begin", "end", "line", "why", "next"}
)
NAMES = (
    "case_opened",
    "passed_on",
    "alarm",
    "duty_list",
    "outage",
    "outage_off",
    "outage_ended",
    "trunk_away",
    "trunk_back",
    "severe_complaint",
    "finished",
    "sent_back",
    "first_contact",
    "handed_over",
    "warning",
    "late",
)
"""The texts there must be: the reasons of notices, and ``late`` for a time that has run out."""
WITH_LINK = frozenset({"passed_on", "alarm"})
NAMES_BOTH = frozenset({"warning", "late"})
"""Texts that name first responder and unit (R-FR)."""
LONGEST = 500
"""Characters of a text: more than a carrier takes as one message, in several parts."""

_Line = Annotated[str, StringConstraints(pattern=LINE_PATTERN, min_length=1, max_length=LONGEST)]


class _Text(Section):
    """A notice in both its parts."""

    subject: _Line
    text: _Line

    @field_validator("subject", "text")
    @classmethod
    def _known_places(cls, wording: str) -> str:
        for place in PLACE.findall(wording):
            if place not in PLACES:
                raise ValueError(
                    f'there is no place "{{{place}}}"; write one of: {", ".join(sorted(PLACES))}'
                )
        if set("{}") & set(PLACE.sub("", wording)):
            raise ValueError(f'"{wording}" has a brace too many; a place is written {{number}}')
        return wording


class _File(Section):
    format: Literal[1]
    unknown: _Line
    kinds: dict[CallKind, _Line]
    obligations: dict[ObligationKind, _Line]
    texts: Annotated[dict[str, _Text], Field(min_length=1)]

    @field_validator("kinds")
    @classmethod
    def _every_kind(cls, kinds: dict[CallKind, str]) -> dict[CallKind, str]:
        _refuse_gaps("kind of case", kinds, CallKind)
        return kinds

    @field_validator("obligations")
    @classmethod
    def _every_obligation(cls, obligations: dict[ObligationKind, str]) -> dict[ObligationKind, str]:
        _refuse_gaps("obligation", obligations, ObligationKind)
        return obligations

    @field_validator("texts")
    @classmethod
    def _every_text(cls, texts: dict[str, _Text]) -> dict[str, _Text]:
        for name in texts:
            if name not in NAMES:
                raise ValueError(f'there is no notice "{name}"; write one of: {", ".join(NAMES)}')
        _refuse_gaps("notice", texts, NAMES)
        for name, text in texts.items():
            places = set(PLACE.findall(text.text))
            if name in NAMES_BOTH and not {"number", "responder", "unit"} <= places:
                raise ValueError(f"{name} names {{number}}, {{responder}} and {{unit}} (R-FR)")
            if ("link" in places) is not (name in WITH_LINK):
                raise ValueError(
                    f"{name}: a {{link}} belongs to {' and '.join(sorted(WITH_LINK))}, and nowhere else"
                )
        return texts


def _refuse_gaps(what: str, given: Collection[str], wanted: Iterable[str]) -> None:
    if missing := [str(one) for one in wanted if one not in given]:
        raise ValueError(f"no words for the {what} {', '.join(missing)}")


@dataclass(frozen=True, slots=True)
class NoticeTexts:
    """All wordings; :meth:`write` fills them in."""

    unknown: str
    kinds: Mapping[CallKind, str]
    obligations: Mapping[ObligationKind, str]
    texts: Mapping[str, tuple[str, str]]
    """Name → subject and text."""

    def write(self, name: str, values: Mapping[str, str | None]) -> tuple[str, str]:
        """Subject and text of a notice.

        :param name: one of :data:`NAMES`.
        :param values: by place; what is missing or empty reads as unknown, a link that nobody has as nothing.
        """

        def value(found: re.Match[str]) -> str:
            given = values.get(found[1])
            return given or ("" if found[1] == "link" else self.unknown)

        subject, text = self.texts[name]
        return PLACE.sub(value, subject), PLACE.sub(value, text).rstrip("：: ")


def load_notice_texts(prompts_folder: Path) -> NoticeTexts:
    """Read the file.

    :raises NoticeTextError: with a line for each mistake: file, line, path, what would be right.
    """
    file = prompts_folder / FILE
    try:
        tree, lines = yaml_of_file(file, "notices are worded there")
    except FileMistakes as mistakes:
        raise NoticeTextError(mistakes.problems) from None
    try:
        found = _File.model_validate(tree)
    except ValidationError as error:
        raise NoticeTextError(
            [
                f"{file}: line {line_of(lines, tuple(one['loc']))}: {dotted(tuple(one['loc']))}: "
                f"{explain(one, _File)}"
                for one in error.errors()
            ]
        ) from None
    return NoticeTexts(
        unknown=found.unknown,
        kinds=found.kinds,
        obligations=found.obligations,
        texts={name: (text.subject, text.text) for name, text in found.texts.items()},
    )
