"""Brings the catalogues of wordings up to date: ``make translations``.

Wordings that code and templates have gained are added, those they have lost are taken out, and the compiled
catalogues are written. English is its own translation; Chinese is left empty and listed, to be worded.
"""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PROJECT = Path(__file__).parent.parent
FOLDER = PROJECT / "agent_console" / "translations"


def wordings() -> Catalog:
    """Every wording of the console's code and templates."""
    with (FOLDER / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = Catalog()
    for _, _, message, comments, context in extract_from_dir(
        PROJECT / "agent_console",
        [(pattern.removeprefix("agent_console/"), method) for pattern, method in methods],
        {pattern.removeprefix("agent_console/"): value for pattern, value in options.items()},
        {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None},
    ):
        found.add(message, auto_comments=comments, context=context)
    return found


def bring_up_to_date(language: str, found: Catalog) -> list[str]:
    """Write a language's catalogue and its compiled form; returns the wordings without a translation."""
    file = FOLDER / language / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as text:
        catalogue = read_po(text, locale=language)
    known, needed = ({message.id for message in each if message.id} for each in (catalogue, found))
    for lost in known - needed:
        catalogue.delete(lost)
    for message in found:
        if message.id and message.id not in known:
            catalogue.add(message.id, message.id if language == "en" else None, flags=message.flags)
    with file.open("wb") as text:
        write_po(text, catalogue, width=0, sort_output=True, no_location=True)
    with file.with_suffix(".mo").open("wb") as compiled:
        write_mo(compiled, catalogue)
    return [str(message.id) for message in catalogue if message.id and not message.string]


def main() -> int:
    """Both languages; exit code 1 while something is not translated."""
    found = wordings()
    missing = [wording for language in ("en", "zh") for wording in bring_up_to_date(language, found)]
    for wording in missing:
        print(f"zh has no translation of: {wording}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
