"""The knowledge base: found as one types, read as a page or as a piece of the desk; and the phrases."""

from typing import Any

from flask import Blueprint, abort, jsonify, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from agent_console import rights
from agent_console.context import console
from agent_console.knowledge.reading import Library
from agent_console.knowledge.rendering import article_html
from agent_console.knowledge.topic_words import fault_word
from ivr.config.sections import CallKind
from ivr.standard.article import Article, Topic
from ivr.standard.knowledge_search import Hit, find

blueprint = Blueprint("knowledge", __name__)

SECTION_LEVEL = 3
"""Of the headings of an article's sections: its title is one of level 2, on every page."""

EXCERPT_LENGTH = 60
URGENT_ARTICLES = 4


@blueprint.get("/knowledge")
def index() -> str:
    """The search, and every article by topic."""
    return _page(None)


@blueprint.get("/knowledge/search")
def search() -> Response:
    """Articles that fit ``q``, best first, those for the call's ``kind`` before equals, as JSON.

    A list of {slug, title, excerpt, topic, address, approximate, title_marks, excerpt_marks}; marks are
    [begin, end] of what fits.
    """
    kind = request.args.get("kind", "")
    library = console().reading.library
    hits = find(library.index, request.args.get("q", ""), kind if kind in list(CallKind) else None)
    return jsonify([_found(library.articles[hit.slug], hit) for hit in hits])


@blueprint.get("/knowledge/<slug>")
def article(slug: str) -> str:
    """One article; with ``part=1`` only itself, to be put into another page."""
    found = console().reading.library.articles.get(slug)
    if found is None:
        abort(404)
    if request.args.get("part"):
        return render_template("knowledge/article.html", **_shown(found))
    return _page(found)


@blueprint.get("/phrases")
def phrases() -> str:
    """Courteous phrases by situation (R-4 to R-6), forbidden ones with what to say instead (R-8)."""
    return render_template("knowledge/phrases.html", texts=console().reading.library.texts)


def _page(found: Article | None) -> str:
    library = console().reading.library
    keeper = current_user.role in rights.KEEPS_TEXTS
    return render_template(
        "knowledge/page.html",
        shelves=_shelves(library),
        urgent=[one for one in library.knowledge.articles if CallKind.ALARM in one.kinds][:URGENT_ARTICLES],
        broken=[(one.file, fault_word(one)) for one in library.knowledge.broken] if keeper else [],
        **(_shown(found) if found is not None else {"article": None}),
    )


def _shown(found: Article) -> dict[str, Any]:
    html = article_html(found.blocks, lambda slug: url_for("knowledge.article", slug=slug), SECTION_LEVEL)
    return {"article": found, "html": html, "kinds": [CallKind(kind) for kind in found.kinds]}


def _shelves(library: Library) -> list[tuple[Topic, list[Article]]]:
    shelves = [(topic, [one for one in library.knowledge.articles if one.topic is topic]) for topic in Topic]
    return [(topic, articles) for topic, articles in shelves if articles]


def _found(found: Article, hit: Hit) -> dict[str, Any]:
    excerpt = hit.excerpt or found.read_aloud[:EXCERPT_LENGTH]
    return {
        "slug": hit.slug,
        "title": found.title,
        "excerpt": excerpt,
        "topic": found.topic.value,
        "address": url_for("knowledge.article", slug=hit.slug),
        "approximate": hit.approximate,
        "title_marks": hit.title_marks,
        "excerpt_marks": hit.excerpt_marks if hit.excerpt else (),
    }
