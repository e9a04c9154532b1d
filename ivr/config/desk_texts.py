"""Reads what agents read, prompts/desk/: script, courteous and forbidden phrases, tips by type of customer.

Files: script.yaml (R-12.4 to R-16.4), phrases.yaml (R-4 to R-6), forbidden.yaml (R-8), tips.yaml (R-A).
The articles beside them are read by :mod:`ivr.config.knowledge_files`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, Field, StringConstraints, ValidationError, field_validator

from ivr.config.explanation import explain
from ivr.config.sections import CallKind
from ivr.config.value_types import LINE_PATTERN, Name, RuleId, Section
from ivr.config.yaml_lines import FileMistakes, dotted, line_of, yaml_of_file
from ivr.errors import DeskTextError
from ivr.standard.call_script import PLACE, PLACES, CallOutPurpose, LineUse, Moment, ScriptLine, When
from ivr.standard.courtesy import ForbiddenGroup, Phrase, Situation, Wording
from ivr.standard.customer_type import CustomerType

DESK_FOLDER = "desk"

_Text = Annotated[str, StringConstraints(pattern=LINE_PATTERN, min_length=1, max_length=400)]


def _as_list(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


_Wordings = Annotated[list[_Text], Field(min_length=1), BeforeValidator(_as_list)]


class _Both(Section):
    """A text in both languages."""

    zh: _Text
    en: _Text

    def wording(self) -> Wording:
        return {"zh": self.zh, "en": self.en}


class _Line(Section):
    """A line of script.yaml; ``zh`` and ``en``: one wording or several: the first that fits."""

    moment: Moment
    rule: RuleId | None = None
    use: LineUse = LineUse.SAY
    mandated: bool = False
    tick: bool = False
    kinds: list[CallKind] = Field(default=[])
    purposes: list[CallOutPurpose] = Field(default=[])
    when: When | None = None
    cue: _Both | None = None
    zh: _Wordings
    en: _Wordings

    @field_validator("zh", "en")
    @classmethod
    def _known_places(cls, wordings: list[str]) -> list[str]:
        for wording in wordings:
            for place in PLACE.findall(wording):
                if place not in PLACES:
                    raise ValueError(
                        f'there is no place "{{{place}}}"; write one of: {", ".join(sorted(PLACES))}'
                    )
            if set("{}") & set(PLACE.sub("", wording)):
                raise ValueError(f'"{wording}" has a brace too many; a place is written {{company}}')
        return wordings


class _Script(Section):
    format: Literal[1]
    lines: Annotated[dict[Name, _Line], Field(min_length=1)]


class _Phrase(_Both):
    """A courteous phrase; ``avoid``: what it is said in place of."""

    avoid: _Both | None = None


class _Situation(Section):
    """A situation of phrases.yaml; ``moments``: when in a call the desk offers its phrases."""

    name: _Both
    rule: RuleId
    moments: list[Moment] = Field(default=[])
    phrases: Annotated[list[_Phrase], Field(min_length=1)]


class _Phrases(Section):
    format: Literal[1]
    situations: Annotated[dict[Name, _Situation], Field(min_length=1)]


class _Group(Section):
    phrases: Annotated[list[_Text], Field(min_length=1)]
    meaning: _Both
    instead: Annotated[list[_Both], Field(min_length=1)]


class _Forbidden(Section):
    format: Literal[1]
    groups: Annotated[dict[Name, _Group], Field(min_length=1)]


class _Tips(Section):
    format: Literal[1]
    types: dict[CustomerType, Annotated[list[_Both], Field(min_length=1)]]

    @field_validator("types")
    @classmethod
    def _every_type(cls, types: dict[CustomerType, Any]) -> dict[CustomerType, Any]:
        if missing := [kind.value for kind in CustomerType if kind not in types]:
            raise ValueError(f"no tips for {', '.join(missing)}; write some for each type of customer")
        return types


@dataclass(frozen=True, slots=True)
class DeskTexts:
    """Everything agents read but the articles, each in the order of its file."""

    script: tuple[ScriptLine, ...]
    situations: tuple[Situation, ...]
    forbidden: tuple[ForbiddenGroup, ...]
    tips: Mapping[CustomerType, tuple[Wording, ...]]


_File = TypeVar("_File", bound=Section)


def load_desk_texts(prompts_folder: Path) -> DeskTexts:
    """Read the four files of ``prompts_folder``/desk.

    :raises DeskTextError: with a line for each mistake in any of them: file, line, path, what would be right.
    """
    folder = prompts_folder / DESK_FOLDER
    problems: list[str] = []
    script = _read(folder / "script.yaml", _Script, problems)
    phrases = _read(folder / "phrases.yaml", _Phrases, problems)
    forbidden = _read(folder / "forbidden.yaml", _Forbidden, problems)
    tips = _read(folder / "tips.yaml", _Tips, problems)
    if script is None or phrases is None or forbidden is None or tips is None:
        raise DeskTextError(problems)
    return DeskTexts(
        script=tuple(_line(name, line) for name, line in script.lines.items()),
        situations=tuple(
            Situation(
                name,
                found.name.wording(),
                found.rule,
                tuple(map(_phrase, found.phrases)),
                frozenset(found.moments),
            )
            for name, found in phrases.situations.items()
        ),
        forbidden=tuple(
            ForbiddenGroup(
                name,
                tuple(group.phrases),
                group.meaning.wording(),
                tuple(instead.wording() for instead in group.instead),
            )
            for name, group in forbidden.groups.items()
        ),
        tips={kind: tuple(tip.wording() for tip in tips.types[kind]) for kind in CustomerType},
    )


def _read(file: Path, kind: type[_File], problems: list[str]) -> _File | None:
    """One file, or None and its mistakes added to ``problems``."""
    try:
        tree, lines = yaml_of_file(file, "it is part of what agents read")
    except FileMistakes as mistakes:
        problems += mistakes.problems
        return None
    try:
        return kind.model_validate(tree)
    except ValidationError as error:
        for found in error.errors():
            path = tuple(found["loc"])
            line = line_of(lines, path)
            problems.append(f"{file}: line {line}: {dotted(path)}: {explain(found, kind)}")
        return None


def _line(name: str, line: _Line) -> ScriptLine:
    return ScriptLine(
        id=name,
        moment=line.moment,
        wordings={"zh": tuple(line.zh), "en": tuple(line.en)},
        rule=line.rule,
        use=line.use,
        mandated=line.mandated,
        tick=line.tick,
        kinds=frozenset(line.kinds),
        purposes=frozenset(line.purposes),
        when=line.when,
        cue=line.cue.wording() if line.cue is not None else None,
    )


def _phrase(phrase: _Phrase) -> Phrase:
    return Phrase(phrase.wording(), phrase.avoid.wording() if phrase.avoid is not None else None)
