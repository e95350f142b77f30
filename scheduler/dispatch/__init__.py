"""Carries rounds to crawlers and brings back what they see. The same messages whichever way they travel.

`inline` runs the crawler on the scheduler's own loop; `processes` runs crawler processes on this machine.
"""

from collections.abc import Callable
from typing import Final, Protocol

from msgspec import Struct

from crawler.records import Handover, Round, RoundEnd, Sighting

DEFAULT_VANTAGE: Final = "default"
"""The name of the place we look from where only one is set up."""


class RoundLost(Struct, frozen=True, array_like=True, tag=True):
    """The crawler that had this round died or hung; no more of it will come."""

    round: int


Message = Sighting | Handover | RoundEnd | RoundLost
Receive = Callable[[Message], None]


class Dispatch(Protocol):
    @property
    def vantages(self) -> tuple[str, ...]:
        """The places we can look from, by name; the first is the default."""
        ...

    @property
    def start_cpu_s(self) -> float:
        """CPU-seconds that the starts of crawler processes took."""
        ...

    async def start(self, receive: Receive) -> None:
        """Be ready for rounds; `receive` is called on the scheduler's loop."""
        ...

    def send(self, round: Round, vantage: str | None = None) -> None:
        """Have the round made, from `vantage` or from the default one. A vantage that is not set up is a KeyError."""
        ...

    def abandon(self, round: int) -> None:
        """The round is long past its deadline: end it, whatever it is doing. Nothing of it is received any more."""
        ...

    async def stop(self, grace_s: float) -> None:
        """Start no request any more; give those under way `grace_s` seconds; every round ends, with a visit that had not
        ended by then among those that are left.
        """
        ...
