"""Turns pydantic's findings into words that say what would be right."""

import difflib
import json
from typing import Any

from pydantic import BaseModel

from ivr.config.settings import NOT_IN_FILE, Settings
from ivr.config.value_types import WORDS_OF_PATTERN


def explain(found: Any, root: type[BaseModel] = Settings) -> str:
    """What is wrong and what would be right, in one line.

    :param found: one of ``ValidationError.errors()``.
    :param root: what was validated.
    """
    kind, given = found["type"], found.get("input")
    if kind == "extra_forbidden":
        return _unknown_key(found["loc"], root)
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return str(found["ctx"]["error"])
    if kind == "string_type" and isinstance(given, int | float) and not isinstance(given, bool):
        return f'must be text: write it in quotes, such as "{given}"'
    if kind == "string_pattern_mismatch":
        right = WORDS_OF_PATTERN[found["ctx"]["pattern"]]
        return f"{json.dumps(given, ensure_ascii=False)} does not fit: write {right}"
    if kind == "model_type":
        return f'must hold "key: value" lines (it is {given!r})'
    message = found["msg"][0].lower() + found["msg"][1:]
    return f"{message} (it is {given!r})"


def _unknown_key(location: tuple[str | int, ...], root: type[BaseModel]) -> str:
    known = _fields_at(location[:-1], root)
    close = difflib.get_close_matches(str(location[-1]), known, n=1)
    hint = f'; did you mean "{close[0]}"?' if close else ""
    return f"unknown key{hint} (known here: {', '.join(known)})"


def _fields_at(path: tuple[str | int, ...], root: type[BaseModel]) -> list[str]:
    """Names of the keys that are allowed at ``path``."""
    model: Any = root
    for part in path:
        fields = model.model_fields if isinstance(model, type) and issubclass(model, BaseModel) else {}
        field = fields.get(str(part))
        model = _model_in(field.annotation) if field is not None else model
    names = set(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else set()
    return sorted(names - NOT_IN_FILE)


def _model_in(annotation: Any) -> Any:
    """The section inside ``dict[Name, Section]``, ``list[Section]`` or ``Section | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in reversed(getattr(annotation, "__args__", ())):
        model = _model_in(inner)
        if model is not None:
            return model
    return None
