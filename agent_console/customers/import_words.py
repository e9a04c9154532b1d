"""The pages' words about lists: what was recognised, what a column means, why a list cannot be imported."""

from flask_babel import gettext

from agent_console.context import console
from agent_console.customers.names import field_name, mistake_text
from storage.customer_lists.checking import column_letter
from storage.customer_lists.kept_files import KeptMistake
from storage.customer_values import Fault, Mistake
from storage.telephone_numbers import NumberFault

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (BOM)",
    "gb18030": "GBK / GB18030",
    "utf-16": "UTF-16 (BOM)",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
}


def delimiters() -> dict[str, str]:
    """Signs between the columns, with their names."""
    return {
        ",": gettext("comma ,"),
        ";": gettext("semicolon ;"),
        "\t": gettext("tab"),
        "|": gettext("bar |"),
    }


def why_not(reason: str, detail: str = "") -> str:
    """Why a list cannot be read or imported, and what would help."""
    limits = console().settings.imports
    texts: dict[str, str] = {
        "nothing": gettext("Choose a file first."),
        "empty": gettext("The file is empty, or nothing stands below the headings."),
        "no_list": gettext("This is no list. Give a CSV or an XLSX file."),
        "old_excel": gettext(
            "This is a workbook of Excel 97–2003, or it has a password. Save it as XLSX or CSV."
        ),
        "encoding": gettext(
            "The text is neither UTF-8 nor GBK nor UTF-16. Save it as “CSV UTF-8” or as XLSX."
        ),
        "broken": gettext("The file is damaged and cannot be read. Save it anew, or as CSV."),
        "too_large": gettext(
            "The file has %(size)s MB; at most %(limit)d MB are taken. Split the list.",
            size=detail,
            limit=limits.largest_megabytes,
        ),
        "too_many_rows": gettext("More than %(limit)d rows. Split the list.", limit=limits.most_rows),
        "too_big_unpacked": gettext(
            "The workbook would unpack to %(size)s MB; that is too much. Save it as CSV.", size=detail
        ),
        "no_columns": gettext("Say which column holds the name.")
        if detail == "no_name"
        else gettext("Two columns are “%(name)s”; leave one of them out.", name=field_name(detail)),
        "gone": gettext("The file is no longer here. Upload it again."),
        "busy": gettext("Another list is being checked or imported. Try again when that is done."),
        "interrupted": gettext("The program ended meanwhile. Nothing of the list is in the archive."),
        "wrong_rows": gettext("%(count)s rows have mistakes; nothing was imported.", count=detail),
        "storage": gettext("The database could not be written. Nothing of the list is in the archive."),
    }
    other = gettext("Something went wrong here; it is in the console's log. Nothing was imported.")
    return str(texts.get(reason, other))


def failure_text(failure: str | None) -> str:
    """Why an import failed, as it is kept with it."""
    reason, _, detail = (failure or "").partition(": ")
    return why_not(reason, detail)


def fault_text(kept: KeptMistake) -> str:
    """What is wrong with a cell."""
    known = list(Fault)
    fault = Fault(kept.fault) if kept.fault in known else NumberFault(kept.fault)
    return mistake_text(Mistake(kept.field, fault, kept.given, kept.right))


def column_name(column: int, headings: list[str]) -> str:
    """A column by its letter and heading: C 联系电话."""
    heading = headings[column] if column < len(headings) else ""
    return f"{column_letter(column)} {heading}".strip()
