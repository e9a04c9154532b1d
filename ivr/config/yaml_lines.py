"""YAML with the line of every value, so that a mistake can be named where it stands."""

from pathlib import Path
from typing import Any

import yaml

Path_ = tuple[str | int, ...]
"""The keys and places that lead to a value."""


class FileMistakes(ValueError):
    """A file cannot be read, or is no YAML to be used; ``problems`` are lines that begin with its name."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(*problems)
        self.problems = problems


class YamlMistake(ValueError):
    """The text is no YAML that can be used; the message begins with the line where it is known."""


def yaml_with_lines(text: str, first_line: int = 1) -> tuple[Any, dict[Path_, int], list[str]]:
    """Read YAML.

    :param first_line: the number of the text's first line in its file.
    :returns: the tree; the line of every path in it; and what was used twice (YAML keeps the last silently).
    :raises YamlMistake: not YAML.
    """
    above = first_line - 1
    try:
        lines: dict[Path_, int] = {}
        doubles: list[str] = []
        tree = None
        loader = yaml.CSafeLoader(text)
        node = loader.get_single_node()
        if node is not None:
            _note_lines(node, (), lines, doubles, above)
            tree = loader.construct_document(node)
    except ValueError as error:  # of a date such as 2027-02-30
        raise YamlMistake(f"{error}; write dates as 2027-02-14") from None
    except RecursionError:
        raise YamlMistake("not YAML: something contains itself") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1 + above}, column {mark.column + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise YamlMistake(f"{where}not YAML: {problem}") from None
    return tree, lines, doubles


def yaml_of_file(file: Path, what_for: str = "") -> tuple[Any, dict[Path_, int]]:
    """Read a file of YAML: the tree, and the line of every path in it.

    :param what_for: said where it cannot be read: what the file is there for.
    :raises FileMistakes: it cannot be read, is no YAML, or uses something twice.
    """
    try:
        tree, lines, doubles = yaml_with_lines(file.read_text(encoding="utf-8"))
    except YamlMistake as mistake:
        raise FileMistakes([f"{file}: {mistake}"]) from None
    except UnicodeDecodeError as error:
        raise FileMistakes([f"{file}: is not UTF-8 text (byte {error.start}); save it as UTF-8"]) from None
    except OSError as error:
        reason = f"; {what_for}" if what_for else ""
        raise FileMistakes([f"{file}: cannot be read: {error.strerror}{reason}"]) from None
    if doubles:
        raise FileMistakes([f"{file}: {double}" for double in doubles])
    return tree, lines


def dotted(path: Path_) -> str:
    """The path as it is shown: menu.main.keys, people[2].skills."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.lstrip(".") or "the file"


def line_of(lines: dict[Path_, int], path: Path_) -> int:
    """The line of a path, or of the nearest thing around it that is in the file."""
    while path not in lines and path:
        path = path[:-1]
    return lines.get(path, 1)


def _note_lines(
    node: yaml.Node, path: Path_, lines: dict[Path_, int], doubles: list[str], above: int
) -> None:
    lines[path] = node.start_mark.line + 1 + above
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue  # no key that can be used; the values are refused for it
            line = key.start_mark.line + 1 + above
            if key.value in seen:
                where = dotted((*path, key.value))
                doubles.append(f"line {line}: {where}: used twice, first in line {seen[key.value]}; keep one")
            seen.setdefault(key.value, line)
            _note_lines(value, (*path, key.value), lines, doubles, above)
            lines[(*path, key.value)] = line
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _note_lines(value, (*path, index), lines, doubles, above)
