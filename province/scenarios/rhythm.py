"""When something was published: on the days of a rhythm, or on days that are told one by one. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Protocol


class Published(Protocol):
    def up_to(self, day: date, most: int) -> list[date]:
        """The latest days of publishing that are not after `day`, newest first, one entry per item, at most `most`."""
        ...


@dataclass(frozen=True)
class Rhythm:
    """An item every `gap` days, on `anchor` and before and after it.

    until   the last day that anything was published on; None: it goes on
    silent  first and last day of a time without anything
    """

    gap: int
    anchor: date
    until: date | None = None
    silent: tuple[date, date] | None = None

    def up_to(self, day: date, most: int) -> list[date]:
        last = min(day, self.until) if self.until else day
        at = last - timedelta(days=(last - self.anchor).days % self.gap)
        found: list[date] = []
        while len(found) < most:
            if self.silent is None or not self.silent[0] <= at <= self.silent[1]:
                found.append(at)
            at -= timedelta(days=self.gap)
        return found


@dataclass(frozen=True)
class Diary:
    """Days one by one, in any order; a day stands as often as it has items."""

    days: tuple[date, ...] = ()

    def up_to(self, day: date, most: int) -> list[date]:
        return sorted((one for one in self.days if one <= day), reverse=True)[:most]


NEVER: Final = Diary()
"""A blank column: nothing was ever published."""
