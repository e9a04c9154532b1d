"""What the knowledge base says about a case, for who goes there: a visit may not be needed (R-15.2)."""

from dataclasses import dataclass

from agent_console.context import console
from ivr.config.sections import CallKind
from ivr.standard.article import Article
from ivr.standard.article_text import Heading, plain

MOST = 2
HOW_TO = "怎么做"


@dataclass(frozen=True, slots=True)
class Advice:
    """An article cut down to what helps on the spot."""

    title: str
    first: str
    """What to say first."""
    steps: str
    """What to do, a line each."""


def advice_for(kind: CallKind, content: str) -> list[Advice]:
    """The articles of this kind whose words stand in the content, those with the most words first."""
    counted = []
    for article in console().reading.library.knowledge.articles:
        words = {*article.tags, *article.keywords, article.title}
        hits = sum(word in content for word in words if len(word) > 1)
        if kind in article.kinds and (hits or kind is CallKind.ALARM):
            counted.append((-hits, article.place, article.slug, article))
    return [_cut(article) for *_, article in sorted(counted, key=lambda each: each[:3])[:MOST]]


def _cut(article: Article) -> Advice:
    steps, inside = [], False
    for block in article.blocks:
        if isinstance(block, Heading):
            inside = block.text == HOW_TO
        elif inside:
            steps.append(plain((block,)))
    return Advice(article.title, article.read_aloud, "\n".join(steps).strip())
