"""One board, cut for the pages that are open: each is given its own part, what is shared is made once."""

from dataclasses import dataclass
from typing import Any

from agent_console import rights
from agent_console.board.figures import BoardFigures
from agent_console.board.views import BoardViews
from agent_console.live_feed import views
from agent_console.live_feed.pops import Pop, pop_view
from agent_console.live_feed.stream import Reader
from ivr.config import Settings
from storage.queries.board import Board
from storage.queries.desk_notices import Unread


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read at one moment."""

    board: Board
    pops: dict[int, Pop]
    mark: str | None
    """Of what is new about cases; None: no page asks."""
    unread: dict[int, Unread | None]
    """Notices of everybody with an open page."""
    figures: BoardFigures | None
    """Of boards; None: no page shows one."""


class Cut:
    """Cuts one board for many readers; what several share is made once."""

    def __init__(self, seen: Seen, settings: Settings, board_views: BoardViews) -> None:
        self._board = board = seen.board
        self._pops = seen.pops
        self._mark = seen.mark
        self._unread = seen.unread
        self._settings = settings
        self._board_views = board_views
        self._shared: dict[str, Any] = {
            "database": True,
            "engine": views.engine_view(board),
            "waiting": views.waiting_view(board, settings),
        }
        self._figures = seen.figures
        self._floor: dict[str, Any] | None = None
        self._of_board: dict[str, Any] | None = None

    def parts(self, reader: Reader) -> dict[str, Any]:
        """Every part of the reader's page."""
        parts = {**self._shared, "notices": views.notices_view(self._unread.get(reader.agent_id))}
        if reader.me:
            parts["me"] = views.me_view(self._board, reader.agent_id, self._settings, reader.language)
            parts["asked"] = views.asked_view(self._board, reader.agent_id)
            pop = self._pops.get(reader.agent_id)
            parts["pop"] = pop_view(pop) if pop is not None else None
        if reader.cases:
            parts["cases"] = self._mark
        if reader.floor and self._may_see_floor(reader.agent_id):
            if self._floor is None:
                self._floor = views.floor_view(self._board, self._settings)
            parts |= self._floor
        if reader.board and self._figures is not None and self._may_see_board(reader):
            if self._of_board is None:
                self._of_board = self._board_views.of(self._board, self._figures)
            parts |= self._of_board
        return parts

    def lacks(self, reader: Reader) -> bool:
        """Whether nobody has looked yet who calls the reader, or what is new for them, as no page asked."""
        if (reader.cases and self._mark is None) or reader.agent_id not in self._unread:
            return True
        if reader.board and self._figures is None:
            return True
        me = self._board.agents.get(reader.agent_id) if reader.me else None
        return me is not None and me.call_id is not None and reader.agent_id not in self._pops

    def _may_see_board(self, reader: Reader) -> bool:
        """A screen was let in by its link; a person by the role of now."""
        agent = self._board.agents.get(reader.agent_id)
        return reader.sign_in_id is None or (agent is not None and rights.allowed("board.desk", agent.role))

    def _may_see_floor(self, agent_id: int) -> bool:
        """Whether the reader's role includes it now: a stream may be older than a change of role."""
        agent = self._board.agents.get(agent_id)
        return agent is not None and rights.allowed("supervisor.floor", agent.role)
