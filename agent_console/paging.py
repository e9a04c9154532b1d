"""Lists that are shown a page at a time, by the number of the page."""

from dataclasses import dataclass

from flask import request


@dataclass(frozen=True, slots=True)
class ListPage:
    """The page of a list that is shown."""

    number: int
    pages: int
    """How many there are; one where the list is empty."""
    offset: int
    """How many rows come before it."""


def asked_page(total: int, a_page: int) -> ListPage:
    """The page that the address asks for; of one beyond the end the last.

    :param total: rows of the whole list; ``a_page`` of a page.
    """
    pages = max(1, -(-total // a_page))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    return ListPage(number, pages, (number - 1) * a_page)
