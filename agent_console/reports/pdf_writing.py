"""PDF files with Chinese in them: the fonts, paragraphs, tables and bars that reports are made of.

Chinese is set in a font of the program's own (Droid Sans Fallback, Apache-2.0), of which the used signs are
put into the file: it looks the same everywhere, and needs no font on the reader's machine. What is Latin is
set in Helvetica, which every reader of PDF has.
"""

import re
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.shapes import Drawing, PolyLine, Rect, String
from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import LongTable, Paragraph, TableStyle

from agent_console.reports.charts import Bar

FONT_FILE = Path(__file__).parent / "fonts" / "DroidSansFallbackFull.ttf"
CHINESE, LATIN, STRONG = "HotlineChinese", "Helvetica", "Helvetica-Bold"
PAGE = landscape(A4)
MARGIN = 14 * mm
WIDTH = PAGE[0] - 2 * MARGIN
_BEYOND_LATIN = re.compile(r"[^\u0020-\u007e\u00a0-\u00ff\u2013\u2014\u2018-\u201d\u2026]+")
"""Signs that Helvetica has not got."""
_LINE, _HEAD, _INK = colors.HexColor("#d5dce5"), colors.HexColor("#e3eefa"), colors.HexColor("#16202c")
_WHOLE, _PART, _SHARE = colors.HexColor("#c5dcf3"), colors.HexColor("#0b5cad"), colors.HexColor("#8a4b00")


@cache
def _font() -> str:
    """The Chinese font, read once."""
    pdfmetrics.registerFont(TTFont(CHINESE, str(FONT_FILE)))
    return CHINESE


def marked(text: str) -> str:
    """A text as reportlab takes it: escaped, each sign in a font that has it."""
    font = _font()
    pieces, end = [], 0
    for found in _BEYOND_LATIN.finditer(text):
        pieces.append(escape(text[end : found.start()]))
        pieces.append(f'<font name="{font}">{escape(found.group())}</font>')
        end = found.end()
    return "".join(pieces) + escape(text[end:])


def words(text: str, size: float = 8, *, strong: bool = False, end: bool = False) -> Paragraph:
    """A paragraph that breaks its lines as Chinese does."""
    style = ParagraphStyle(
        "words",
        fontName=STRONG if strong else LATIN,
        fontSize=size,
        leading=size * 1.35,
        alignment=TA_RIGHT if end else TA_LEFT,
        wordWrap="CJK",
        textColor=_INK,
        spaceBefore=size * 0.5 if strong else 0,
    )
    return Paragraph(marked(text), style)


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], texts: Collection[int] = (0,)
) -> LongTable:
    """A table over as many pages as it takes, its head on each.

    :param widths: of the columns, as shares; ``texts``: columns of words, all others are of figures.
    """
    whole = sum(widths)
    lines = [
        [words(cell, 7, strong=first, end=place not in texts) for place, cell in enumerate(row)]
        for first, row in ((True, head), *((False, row) for row in rows))
    ]
    made = LongTable(lines, colWidths=[WIDTH * width / whole for width in widths], repeatRows=1)
    made.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, 0), _HEAD),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            ]
        )
    )
    return made


def bars(entries: Sequence[Bar], high: float = 130) -> Drawing:
    """The chart of the page: bars of two parts, and a line of shares."""
    drawing = Drawing(WIDTH, high)
    most = max([bar.whole for bar in entries] + [1.0])
    room, inner = WIDTH / max(1, len(entries)), high - 24
    every = max(1, -(-len(entries) // 24))
    points: list[float] = []
    for place, bar in enumerate(entries):
        x = place * room + room * 0.15
        for size, fill in ((bar.whole, _WHOLE), (bar.part, _PART)):
            drawing.add(
                Rect(x, 14, room * 0.7, inner * size / most, fillColor=fill, strokeColor=None, strokeWidth=0)
            )
        if place % every == 0:
            drawing.add(String(x + room * 0.35, 3, bar.name, fontName=LATIN, fontSize=6, textAnchor="middle"))
        if bar.whole:
            drawing.add(
                String(
                    x + room * 0.35,
                    16 + inner * bar.whole / most,
                    f"{bar.whole:g}",
                    fontName=LATIN,
                    fontSize=6,
                    textAnchor="middle",
                )
            )
        if bar.line is not None:
            points += [x + room * 0.35, 14 + inner * bar.line]
    if len(points) >= 4:
        drawing.add(PolyLine(points, strokeColor=_SHARE, strokeWidth=1))
    return drawing


def footed(left: str) -> Any:
    """What is drawn below each page: what it is, and its number."""

    def draw(canvas: Any, document: Any) -> None:
        canvas.saveState()
        line = words(left, 7)
        line.wrapOn(canvas, WIDTH - 30 * mm, 10 * mm)
        line.drawOn(canvas, MARGIN, 6 * mm)
        canvas.setFont(LATIN, 7)
        canvas.drawRightString(PAGE[0] - MARGIN, 7 * mm, str(document.page))
        canvas.restoreState()

    return draw
