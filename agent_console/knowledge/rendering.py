"""Articles as HTML: made of escaped pieces only, so that nothing an author wrote becomes markup."""

from collections.abc import Callable

from markupsafe import Markup, escape

from ivr.standard.article import SECTIONS
from ivr.standard.article_text import Block, Heading, Line, Listing, Paragraph, Quote

_CLASSES = dict(zip(SECTIONS, ("say", "steps", "send", "never"), strict=True))
"""How a section looks, by its heading; others look plain."""

_END = Markup("</section>")

LinkTo = Callable[[str], str]
"""Gives the address of an article's page."""


def article_html(blocks: tuple[Block, ...], link_to: LinkTo, level: int = 2) -> Markup:
    """The text of an article, a section element for each heading of level 2.

    :param link_to: address of the article with a given slug.
    :param level: of the sections' headings on the page, 2 to 5.
    """
    pieces: list[Markup] = []
    is_open = False
    for block in blocks:
        if isinstance(block, Heading) and block.level == 2:
            pieces.append(_END if is_open else Markup())
            look = _CLASSES.get(block.text, "more")
            pieces.append(Markup('<section class="{}">').format(look))
            is_open = True
        pieces.append(_block(block, link_to, level))
    pieces.append(_END if is_open else Markup())
    return Markup("\n").join(piece for piece in pieces if piece)


def _block(block: Block, link_to: LinkTo, level: int) -> Markup:
    match block:
        case Heading(level=depth, text=text):
            return Markup("<h{0}>{1}</h{0}>").format(level + depth - 2, text)
        case Paragraph(line=line):
            return Markup("<p>{}</p>").format(_line(line, link_to))
        case Quote(paragraphs=lines):
            inner = Markup("").join(Markup("<p>{}</p>").format(_line(line, link_to)) for line in lines)
            return Markup("<blockquote>{}</blockquote>").format(inner)
        case Listing(ordered=ordered, items=items):
            inner = Markup("").join(Markup("<li>{}</li>").format(_line(line, link_to)) for line in items)
            return Markup("<{0}>{1}</{0}>").format("ol" if ordered else "ul", inner)


def _line(line: Line, link_to: LinkTo) -> Markup:
    pieces = []
    for span in line:
        text = escape(span.text)
        if span.strong:
            text = Markup("<strong>{}</strong>").format(text)
        if span.link is not None:
            text = Markup('<a href="{}">{}</a>').format(link_to(span.link), text)
        pieces.append(text)
    return Markup("").join(pieces)
