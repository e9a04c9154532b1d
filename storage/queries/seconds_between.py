"""The time between two moments as a number of seconds, in SQL that both databases understand."""

from typing import Any

from sqlalchemy import Double
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class seconds_between(FunctionElement[float]):  # noqa: N801 - reads as a function of SQL
    """``seconds_between(start, end)``: seconds, negative when ``end`` is earlier, NULL when either is."""

    type = Double()
    inherit_cache = True
    name = "seconds_between"


def _sides(element: "seconds_between", compiler: Any, given: dict[str, Any]) -> tuple[str, str]:
    start, end = (compiler.process(side, **given) for side in element.clauses)
    return start, end


@compiles(seconds_between, "sqlite")
def _sqlite(element: "seconds_between", compiler: Any, **given: Any) -> str:
    start, end = _sides(element, compiler, given)
    return f"((julianday({end}) - julianday({start})) * 86400.0)"


@compiles(seconds_between, "postgresql")
def _postgresql(element: "seconds_between", compiler: Any, **given: Any) -> str:
    start, end = _sides(element, compiler, given)
    # date_part counts in float8; EXTRACT would count in numeric, which takes several times as long.
    return f"date_part('epoch', {end} - {start})"
