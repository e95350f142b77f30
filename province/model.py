"""What is where: sites, columns and accounts of one province, drawn from a seed. Pure; nothing here knows a socket."""

from dataclasses import dataclass
from datetime import date, datetime

from province.dialects import Dialect
from province.dialects.form import Address, Layout
from province.newmedia.model import NO_CAST, Cast
from province.writings import Writing


@dataclass(frozen=True)
class Declaration:
    """How a page's bytes are written and what is said of them; None: nothing is said."""

    charset: str
    header: str | None
    meta: str | None


@dataclass(frozen=True)
class Column:
    """One list page.

    shape   what is peculiar about its list (see shapes.py)
    gap     usual days between two items; `age` days from the newest to the day the province was built on
    alive   whether items go on appearing
    rows    items on the page
    fault   name of a column-level fault, or None
    delivery  how its list gets to the reader (see deliveries/)
    mark    name of what is wrong around its list (see marks.py), or None
    history what the day after the first brings: "burst", "backdated" or None
    """

    number: int
    key: str
    code: str
    name: str
    label: str
    first_level: bool
    unit: str
    path: str
    shape: str
    writing: Writing
    layout: Layout
    address: Address
    gap: int
    age: int
    alive: bool
    rows: int
    fault: str | None
    delivery: str = "page"
    mark: str | None = None
    history: str | None = None

    @property
    def ordinary(self) -> bool:
        """A plain list in its page, without a fault or a mark."""
        return self.fault is None and self.delivery == "page" and self.mark is None and self.history is None


@dataclass(frozen=True)
class Site:
    """One web site, alone on its host.

    platform    number of the shared platform it lives on, or None for a host of its own
    fault       name of a fault all its targets share, or None
    home        how its home page is made: "dated" blocks of items, or "gate", links to columns only
    validators  which of "etag" and "modified" its answers bear
    """

    number: int
    code: str
    name: str
    unit: str
    short: str
    region: str
    level: str
    host: str
    scheme: str
    platform: int | None
    dialect: Dialect
    declaration: Declaration
    columns: tuple[Column, ...]
    fault: str | None
    home: str
    home_writing: Writing
    validators: frozenset[str]

    @property
    def home_url(self) -> str:
        return f"{self.scheme}://{self.host}/"

    def url(self, column: Column) -> str:
        return f"{self.scheme}://{self.host}{column.path}"


@dataclass(frozen=True)
class Account:
    """One WeChat account, watched through the address of an article. `state` names its page (see wechat.py)."""

    code: str
    name: str
    type: str
    unit: str
    short: str
    region: str
    level: str
    path: str
    state: str
    gap: int
    age: int


@dataclass(frozen=True)
class Plan:
    """The whole province, and the moment it was built for (Beijing time). `cast`: accounts on all platforms, and bridges."""

    seed: int
    now: datetime
    sites: tuple[Site, ...]
    accounts: tuple[Account, ...]
    cast: Cast = NO_CAST

    @property
    def base(self) -> date:
        return self.now.date()
