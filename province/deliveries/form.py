"""What a delivery of the province is: how a column's list gets to the reader, if not in the column's own page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from province.dialects.form import Address
from province.listing import Listing
from province.model import Column, Site

UTF8_HTML = "text/html; charset=UTF-8"
JSON = "application/json;charset=UTF-8"


@dataclass(frozen=True)
class Scene:
    """A column at a served moment."""

    site: Site
    column: Column
    shown: Listing
    moment: datetime


class Ask(NamedTuple):
    """A request: `fields` are those of the query and of a form that was posted, decoded; header names in lower case."""

    method: str
    path: str
    fields: dict[str, str]
    headers: dict[str, str]


class Reply(NamedTuple):
    """Text and how it is sent. `content_type` None: as the site declares its pages, in the site's charset."""

    text: str
    content_type: str | None = UTF8_HTML
    status: int = 200


class Variants(NamedTuple):
    """Path of a list page from (parent folder, slug, number), and the articles' address, where they are the delivery's own."""

    column_path: Callable[[str, str, int], str]
    address: Address


def silent(scene: Scene, ask: Ask) -> Reply | None:
    """The answer of a delivery that has no other addresses than the page."""
    return None


@dataclass(frozen=True)
class Delivery:
    """One way a list is delivered.

    body    the column's own part of an ordinary page; None: the list stands in the page
    whole   what stands at the column's address instead of an ordinary page; None: an ordinary page
    answer  what another address of the host answers for this column; None where it is not this column's address
    places  paths of its own; None: those of the site's dialect
    states  what may be said of a column whose list cannot be read; empty where it can
    feed    the state of a list that was read is `feed`
    """

    name: str
    why: str
    body: Callable[[Scene], str] | None = None
    whole: Callable[[Scene], Reply] | None = None
    answer: Callable[[Scene, Ask], Reply | None] = silent
    places: Variants | None = None
    states: tuple[str, ...] = ()
    feed: bool = False
