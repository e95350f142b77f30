"""Accounts that seem to be one account twice: duplicated or renamed rows (newmedia.md §1). Findings only; all stay watched.

One unit has one account per platform; accounts that were opened anew because a password was lost, or renamed without telling
the register, are standing problems that only a person can settle.
"""

from typing import NamedTuple

from register.cells import fold
from register.model import Subject
from register.rows import Row
from register.vocabulary import account_platform

_ONE = "one unit has one account per platform: "


class _Earlier(NamedTuple):
    place: str
    name: str


class Doubles:
    """The accounts read so far, by platform and address and by platform and name; the first of each counts."""

    def __init__(self) -> None:
        self._by_address: dict[tuple[str, str], _Earlier] = {}
        self._by_name: dict[tuple[str, str], _Earlier] = {}

    def look(self, subject: Subject, url: str | None, row: Row, place: str) -> bool:
        """Note what the account has in common with an earlier one; True where its address was the matter."""
        platform = account_platform(subject.platform or "") or fold(subject.platform or "")
        name, here = fold(subject.name), _Earlier(place, subject.name)
        first = self._by_name.setdefault((platform, name), here) if name else here
        same = self._by_address.setdefault((platform, url), here) if url is not None else here
        if same is not here:
            self._same_address(same, subject, row)
        elif first is not here and url is not None:
            row.note(
                "name",
                f"{first.place} has an account of this name on this platform, at another address: a duplicate, or an old one",
                f"{_ONE}delete the row of the one that is not used, or correct its name",
            )
        elif first is not here:
            row.note(
                "name",
                f"{first.place} has an account of this name on this platform: perhaps the same one under another code",
                f"{_ONE}delete one of the rows, or write the addresses of both",
            )
        return same is not here

    @staticmethod
    def _same_address(same: _Earlier, subject: Subject, row: Row) -> None:
        if fold(same.name) == fold(subject.name):
            row.note(
                "url",
                f"the same account as {same.place}, under another code: both are counted and watched",
                f"{_ONE}delete one of the rows",
            )
        else:
            row.note(
                "name",
                f"at the address of {same.place}, where it is called {same.name}: a renamed account, or two rows of one",
                "keep the row with the name that the platform shows, delete the other",
            )
