"""Reads the score sheet, prompts/desk/score_sheet.yaml, and names its version by its content (R-QA2)."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from ivr.config.desk_texts import DESK_FOLDER
from ivr.config.explanation import explain
from ivr.config.value_types import Name, RuleId, Section, ShownText
from ivr.config.yaml_lines import FileMistakes, dotted, line_of, yaml_of_file
from ivr.errors import ScoreSheetError
from ivr.standard.score_sheet import ScoreSheet, SheetItem

SHEET_FILE = "score_sheet.yaml"


class _Item(Section):
    rule: RuleId
    points: Annotated[int, Field(ge=1, le=100)]
    grave: bool = False
    zh: ShownText
    en: ShownText


class _Sheet(Section):
    format: Literal[1]
    items: Annotated[dict[Name, _Item], Field(min_length=1, max_length=60)]


def load_score_sheet(prompts_folder: Path) -> ScoreSheet:
    """Read the sheet as it is now.

    :raises ScoreSheetError: with a line for each mistake: file, line, path, what would be right.
    """
    file = prompts_folder / DESK_FOLDER / SHEET_FILE
    try:
        tree, lines = yaml_of_file(file, "recordings are judged by it")
    except FileMistakes as mistakes:
        raise ScoreSheetError(mistakes.problems) from None
    try:
        checked = _Sheet.model_validate(tree)
    except ValidationError as error:
        raise ScoreSheetError(
            [
                f"{file}: line {line_of(lines, tuple(found['loc']))}: {dotted(tuple(found['loc']))}: "
                f"{explain(found, _Sheet)}"
                for found in error.errors()
            ]
        ) from error
    items = tuple(
        SheetItem(name, item.rule, item.points, {"zh": item.zh, "en": item.en}, item.grave)
        for name, item in checked.items.items()
    )
    return ScoreSheet(_version(items), items)


def _version(items: tuple[SheetItem, ...]) -> str:
    text = json.dumps(content(items), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def content(items: tuple[SheetItem, ...]) -> dict[str, Any]:
    """The sheet as it is kept with the scores."""
    return {
        "items": [
            {
                "id": item.id,
                "rule": item.rule,
                "points": item.points,
                "grave": item.grave,
                "wording": dict(item.wording),
            }
            for item in items
        ]
    }


def kept_sheet(sha256: str, kept: Mapping[str, Any]) -> ScoreSheet:
    """A version as it was kept."""
    return ScoreSheet(
        sha256,
        tuple(
            SheetItem(item["id"], item["rule"], item["points"], item["wording"], item["grave"])
            for item in kept["items"]
        ),
    )
