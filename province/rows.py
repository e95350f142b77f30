"""The rows of a list as HTML, wherever they stand: in a page, a frame, a record or an answer."""

from datetime import datetime
from html import escape

from province.listing import Item, Listing
from province.model import Column
from province.titles import TOPICS


def rows(column: Column, shown: Listing, moment: datetime, relative: bool = True) -> list[str]:
    """One text per item, in the column's layout. `relative`: links may be relative to the column's folder."""
    return [row(item, column, moment, relative) for item in shown.items]


def row(item: Item, column: Column, moment: datetime, relative: bool = True) -> str:
    writing = column.writing
    text = writing.write(item.shown, moment.date()) if item.shown else ""
    title = escape(item.title)
    return column.layout.row.format(
        href=href(item, column) if relative else item.path,
        title=title,
        mark='<span class="top_mark">[置顶]</span>' if item.pinned else "",
        date="" if writing.attribute else text,
        attr=f' title="{text}"' if writing.attribute and text else "",
        intro=f"{title}。{TOPICS[item.number % len(TOPICS)]}工作有关情况如下，请各单位结合实际认真落实。",
    )


def href(item: Item, column: Column) -> str:
    """Relative where the article lies below its column, as TRS writes it."""
    folder = column.path.removesuffix("index.html")
    if column.number % 2 and folder.endswith("/") and item.path.startswith(folder):
        return "./" + item.path.removeprefix(folder)
    return item.path
