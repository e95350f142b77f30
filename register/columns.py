"""What the row of a column must look like."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Final

from register.cells import fold
from register.fields import mend_site_code, read_address, read_first_level, read_own_code
from register.model import Category, Target
from register.options import read_options
from register.pauses import read_pause
from register.rows import Row
from register.subjects import Owner, known_code
from register.vocabulary import CATEGORY, nearest

_ENDINGS: Final = ("类栏目", "栏目类", "栏目", "类")


class ColumnReader:
    """Reads the rows of column tables below the subjects of a register.

    owners   code → the subject that bears it
    refused  code → where the row stands that was left out
    """

    def __init__(self, owners: Mapping[str, Owner], refused: Mapping[str, str]) -> None:
        self._owners = owners
        self._refused = refused
        self._categories: dict[str, Category | None] = {}

    def read(self, row: Row) -> Target | None:
        """The column of a row: its site or section must be in the register and its 栏目网址 readable. None: left out."""
        code = self._owner(row)
        if code is None:
            return None
        owner = self._owners[code]
        number = read_own_code(row, "code")
        url = read_address(row, "url", owner.home.url if owner.home else None)
        options = read_options(row)
        if number is None or url is None or options is None:
            return None
        if owner.home is not None and url.host != owner.home.host:
            self._note_host(row, code, owner, url.host)
        name = row.maybe("name")
        if name is None:
            name = number or url.url
            row.mended("name", f"missing: shown as {name}", "write the name")
        return Target(
            f"{code}/{number or url_number(url.url)}",
            "column",
            code,
            url.url,
            url.host,
            name,
            self._category(row),
            read_first_level(row),
            row.maybe("parent"),
            row.maybe("unit"),
            options.pace_s,
            options.selector,
            options.json_path,
            options.charset,
            read_pause(row),
        )

    def _owner(self, row: Row) -> str | None:
        """The code of the section, or else of the site, that the row belongs to."""
        field = "section" if row.maybe("section") else "site"
        text = row.text(field)
        if text in self._owners and isinstance(row.raw(field), str):
            return text
        text = row.code(field)
        if not text:
            row.bad(field, "missing", "write the code of the site or section the column belongs to")
            return None
        if text in self._owners:
            return text
        code, said = mend_site_code(text)
        if code in self._owners:
            row.mended(field, said, f"write {code}, as text")
            return code
        where = self._refused.get(code or text)
        if where:
            row.bad(field, f"its site's row was left out ({where})", "correct that row")
        elif code is None and field == "site":
            row.bad(field, f"{said}, and no code of the register", known_code(row, text, self._owners))
        else:
            row.bad(field, "no site or section of the register has this code", known_code(row, code or text, self._owners))
        return None

    def _category(self, row: Row) -> Category:
        printed = row.maybe("category")
        if printed is None:
            if row.problems.first(*row.where[:2], "category"):
                row.note(
                    "category", "empty: read as other, which has no period (said once per table)", "write 动态, 通知公告, …"
                )
            return "other"
        if printed not in self._categories:
            self._categories[printed] = category_of(printed)
        category = self._categories[printed]
        if category is None:
            if row.problems.first("category", printed):
                close = nearest(fold(printed), list(CATEGORY)) if row.problems.may_guess() else None
                mend = f"write {close} if that is meant" if close else ""
                row.note("category", "no category that is known here: read as other (said once)", mend)
            return "other"
        return category

    def _note_host(self, row: Row, code: str, owner: Owner, host: str) -> None:
        assert owner.home is not None
        if row.problems.first("host", code, host):
            row.note(
                "url",
                f"on {host}, its site is on {owner.home.host} (said once per site and host)",
                "make sure it is the site's own",
            )


def category_of(printed: str) -> Category | None:
    """The category a word names: `动态、要闻类` → news; None if unknown."""
    word = fold(printed)
    if word in CATEGORY:
        return CATEGORY[word]
    ending = next((ending for ending in _ENDINGS if word.endswith(ending)), "")
    return CATEGORY.get(word.removesuffix(ending))


def url_number(url: str) -> str:
    """What stands in a column's key where it has no 栏目编号: 12 hexadecimal digits over its address."""
    return blake2b(url.encode("utf-8", "replace"), digest_size=6).hexdigest()
