"""What is peculiar about a column's list, and what may be said of it: one table."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Shape:
    """One peculiarity.

    states   the reading states a careful human allows
    dated    `newest` is a date
    listed   the page is a list of items
    healthy  may occur in a province without faults: an ordinary list with a date
    weight   how often it is drawn
    dated_address  only where article addresses bear the date (True) or do not (False)
    rows_dated  the rows bear dates that mean when they were published
    plain_writing  the list goes too far back or ahead for dates without a year
    """

    name: str
    why: str
    weight: int
    states: tuple[str, ...] = ("list",)
    dated: bool = True
    listed: bool = True
    healthy: bool = True
    dated_address: bool | None = None
    plain_writing: bool = False
    rows_dated: bool = True


SHAPES: Final = {
    row.name: row
    for row in (
        Shape("plain", "newest item first", 60),
        Shape("unordered", "rows in no order", 4),
        Shape("short", "three to six items", 4),
        Shape("pinned", "an old item marked 置顶 stands on top", 5, plain_writing=True),
        Shape("pinned_silent", "an old item stands on top without a mark", 3, plain_writing=True),
        Shape("future", "one row bears a date in the future", 4, plain_writing=True, rows_dated=False),
        Shape("address_differs", "rows bear a later date than their addresses", 2, dated_address=True),
        Shape("address_only", "only the addresses bear dates", 3, dated_address=True, rows_dated=False),
        Shape("tiny", "one or two items", 2, states=("list", "unknown"), healthy=False),
        Shape(
            "followed",
            "only the articles behind the rows bear dates",
            2,
            healthy=False,
            dated_address=False,
            rows_dated=False,
        ),
        Shape(
            "followed_unordered",
            "only the articles behind the rows bear dates, and the newest is not the first of them",
            1,
            healthy=False,
            dated_address=False,
            rows_dated=False,
        ),
        Shape(
            "undated",
            "neither rows, addresses nor articles bear dates",
            2,
            states=("undated",),
            dated=False,
            healthy=False,
            dated_address=False,
            rows_dated=False,
        ),
        Shape(
            "blank_total",
            "an empty list whose total is 0",
            4,
            states=("blank",),
            dated=False,
            listed=False,
            healthy=False,
        ),
        Shape(
            "blank_text",
            "an empty list that says so in words",
            3,
            states=("blank",),
            dated=False,
            listed=False,
            healthy=False,
        ),
        Shape(
            "blank_source",
            "an empty list whose source counts 0",
            0,
            states=("blank",),
            dated=False,
            listed=False,
            healthy=False,
        ),
        Shape(
            "source_error",
            "the list's source answers with an error",
            0,
            states=("unknown", "dynamic"),
            dated=False,
            listed=False,
            healthy=False,
        ),
        Shape(
            "script_unknown",
            "an empty container that a script fills from nobody knows where",
            0,
            states=("unknown", "dynamic"),
            dated=False,
            listed=False,
            healthy=False,
        ),
        Shape(
            "parent",
            "an empty list beside the columns below it, which hold the items",
            0,
            states=("unknown",),
            dated=False,
            listed=False,
            healthy=False,
        ),
        Shape(
            "error_text",
            "an error where the list should be",
            0,
            states=("unknown", "dynamic"),
            dated=False,
            listed=False,
            healthy=False,
        ),
        Shape(
            "text",
            "a page of text without list or publication time",
            2,
            states=("unknown", "article", "undated"),
            dated=False,
            listed=False,
            healthy=False,
        ),
        Shape(
            "single_article",
            "the column is one article with its publication time",
            2,
            states=("article",),
            listed=False,
            healthy=False,
        ),
    )
}
