"""Where the visits of accounts wait: at the host of their address, at a bridge, or at nobody's. Pure.

    served by a bridge of the settings   `bridge:NAME`: so all accounts behind one bridge share its pace and its breaker
    nothing public to be seen            NOBODY: the visit ends in its line without a request (newmedia.md §2)
    else                                 the host of the address

An account without an address is a target, too: it is due, and its line says why nothing is known of it.
"""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from crawler.accounts.bridgesettings import PREFIX, Bridges
from crawler.accounts.reader import unasked
from crawler.records import Account, Flag, Sighting
from register import Subject, Target
from scheduler.conclude import Task

NOBODY: Final = "nobody:"
"""The host of visits that ask nobody. No host's name has a colon."""

_FORM: Final = "1"
"""Changes when the same settings lead elsewhere than before."""


class Routes:
    """bridges: those of the settings."""

    def __init__(self, bridges: Bridges | None = None) -> None:
        self._bridges = bridges or Bridges()

    @property
    def digest(self) -> str:
        """Changes when an account may have to wait elsewhere."""
        return _FORM + self._bridges.digest

    def host_of(self, code: str, printed: str | None, url: str, host: str) -> str:
        """Where the visits of an account wait; `host` is that of its address, `url` empty where it has none."""
        asked = self._bridges.asked_for(code, printed, url or None)
        if asked is not None:
            return PREFIX + asked.bridge
        return self.public_host(printed, url, host)

    def public_host(self, printed: str | None, url: str, host: str) -> str:
        """As `host_of`, of an address that no bridge is asked about: the link of a report."""
        return NOBODY if not url or unasked(printed, url) is not None else host

    def through(self, rows: Iterator[Subject | Target]) -> Iterator[Subject | Target]:
        """The rows of a register with the accounts' hosts as they are to wait, and a target for each account without one."""
        bare: dict[str, Subject] = {}
        for row in rows:
            if isinstance(row, Subject) and row.kind == "account":
                bare[row.code] = row
            elif isinstance(row, Target) and row.kind == "account":
                subject = bare.pop(row.subject, None)
                printed = subject.platform if subject else None
                row = replace(row, host=self.host_of(row.key, printed, row.url, row.host))
            yield row
        for code, subject in bare.items():
            host = self.host_of(code, subject.platform, "", "")
            yield Target(code, "account", code, "", host, subject.name, unit=subject.unit, paused=subject.paused)


def nobodys(host: str) -> str | None:
    """Whether the visits that wait at `host` are not asked (`Patrol.closed_to`): an empty reason for NOBODY, else None."""
    return "" if host == NOBODY else None


def sighting_unasked(task: Task, now_ms: int, round: int = 0) -> Sighting:
    """What can be said of an account that nobody is asked about: not observable, and why."""
    visit = task.visit
    found = unasked(visit.platform, visit.url or None)
    reason = (found.reason if found else None) or "no_bridge"
    flags = () if visit.url else (Flag("no_address", "the register has no address of this account"),)
    account = Account("unknown")
    return Sighting(round, visit.number, now_ms, "not_observable", reason, attempts=0, requests=0, flags=flags, account=account)
