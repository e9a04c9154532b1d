"""The tables about cases of a report, for the files that are made of it."""

from flask_babel import gettext

from agent_console.reports.report import Report
from agent_console.words import word

Table = tuple[str, list[str], list[list[str | int | float | None]]]


def cases(report: Report) -> list[Table]:
    """Name, head and lines of each."""
    return [
        (
            gettext("Cases"),
            [gettext("Kind"), gettext("Class"), gettext("Cases"), gettext("Closed")],
            [
                [
                    word(each.kind),
                    word(each.complaint_class) if each.complaint_class else "",
                    each.made,
                    each.closed,
                ]
                for each in report.kinds
            ],
        ),
        (
            gettext("Became late, by first responder and unit"),
            [gettext("First responder"), gettext("Unit"), gettext("Too late"), gettext("Still owed")],
            [
                [f"{each.work_number} {each.name}", each.unit or "", each.late, each.still_owed]
                for each in report.late
            ],
        ),
        (
            gettext("Cases and ratings by unit"),
            [gettext("Unit"), gettext("Cases"), gettext("Ratings"), gettext("Satisfaction")],
            [[each.unit, each.cases, each.rated, each.mean_score] for each in report.units],
        ),
    ]
