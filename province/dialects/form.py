"""What a dialect of the province is: addresses, row layouts, pagers and empty lists of one family of systems."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Address(NamedTuple):
    """One way a family writes article addresses. `write`: (column path, day, item number) -> root-relative path."""

    name: str
    write: Callable[[str, date, int], str]
    dated: bool


class Layout(NamedTuple):
    """A list's HTML.

    open, close  the container
    row          one row, with {href} {title} {date} {attr} {mark} {intro}; {attr} is empty or an attribute with a date
    """

    name: str
    open: str
    row: str
    close: str


@dataclass(frozen=True)
class Dialect:
    """column_path: (parent folder, slug, the column's number) -> path of the list page

    pager: (total items, rows per page, column path) -> HTML below a list; with total 0 it is the proof of an empty one
    empty: what an empty list says of itself
    """

    name: str
    column_path: Callable[[str, str, int], str]
    addresses: tuple[Address, ...]
    layouts: tuple[Layout, ...]
    pager: Callable[[int, int, str], str]
    empty: tuple[str, ...]
    head: str
