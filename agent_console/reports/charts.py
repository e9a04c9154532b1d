"""Charts as SVG made here: bars with their numbers, readable without script, in the page's colours."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

WIDTH, HEIGHT = 900, 240
LEFT, BOTTOM, TOP = 46, 26, 14
WIDEST = 90
"""Of a bar, where there are few."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of two parts: ``whole``, of which ``part`` is drawn in front; ``line`` from 0 to 1, if any."""

    name: str
    whole: float
    part: float
    line: float | None = None


def bars(title: str, description: str, entries: Sequence[Bar]) -> Markup:
    """A chart.

    :param title: what it shows; ``description``: the same for those who do not see it, with its numbers.
    """
    most = max([bar.whole for bar in entries] + [1.0])
    step = _step(most)
    top = step * max(1, -(-most // step))
    inner, room = HEIGHT - BOTTOM - TOP, (WIDTH - LEFT - 8) / max(1, len(entries))
    drawn = [_grid(step, top, inner)]
    every = max(1, -(-len(entries) // 16))
    for place, bar in enumerate(entries):
        wide = min(room * 0.7, WIDEST)
        x = LEFT + place * room + (room - wide) / 2
        for size, name in ((bar.whole, "whole"), (bar.part, "part")):
            high = inner * size / top
            drawn.append(
                f'<rect class="bar-{name}" x="{x:.1f}" y="{TOP + inner - high:.1f}" '
                f'width="{wide:.1f}" height="{high:.1f}"/>'
            )
        if place % every == 0:
            drawn.append(
                f'<text class="tick middle" x="{x + wide / 2:.1f}" y="{HEIGHT - 8}">{escape(bar.name)}</text>'
            )
    drawn.append(_line(entries, room, inner))
    return Markup(  # noqa: S704 - every text in it is escaped above
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}. '
        f'{escape(description)}">{"".join(drawn)}</svg>'
    )


def _grid(step: float, top: float, inner: float) -> str:
    lines = []
    for number in range(int(top / step) + 1):
        y = TOP + inner - inner * number * step / top
        lines.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - 8}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(f'<text class="tick end" x="{LEFT - 6}" y="{y + 4:.1f}">{number * step:g}</text>')
    return "".join(lines)


def _line(entries: Sequence[Bar], room: float, inner: float) -> str:
    """Dots, joined where nothing is missing between them."""
    drawn, before = [], ""
    for place, bar in enumerate(entries):
        here = ""
        if bar.line is not None:
            x, y = LEFT + place * room + room / 2, TOP + inner - inner * bar.line
            here = f"{x:.1f},{y:.1f}"
            drawn.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3"/>')
            if before:
                drawn.append(f'<polyline class="share" points="{before} {here}"/>')
        before = here
    return "".join(drawn)


def _step(most: float) -> float:
    """A round distance between lines, so that there are at most five."""
    step = 1.0
    while most / step > 5:
        step *= 2 if f"{step:g}"[0] in "15" else 2.5
    return step
