"""Requests beside the patrol's rounds: canaries, and second opinions from another vantage. Each is a round of one visit."""

from collections.abc import Callable
from typing import Final

import msgspec

from crawler.records import Gap, Handover, Round, Sighting, Visit
from scheduler.clock import Clock
from scheduler.dispatch import Dispatch, Message

Told = Callable[[Sighting | Handover | None], None]
"""What came of it; None where the crawler brought nothing back."""

LATE_S: Final = 60.0


class _Aside(msgspec.Struct):
    told: Told
    begun: float
    answered: bool = False


class Asides:
    def __init__(self, dispatch: Dispatch, take_number: Callable[[], int], clock: Clock) -> None:
        self._dispatch, self._take_number, self._clock = dispatch, take_number, clock
        self._asides: dict[int, _Aside] = {}

    def __len__(self) -> int:
        return len(self._asides)

    def ask(self, host: str, visit: Visit, told: Told, vantage: str | None = None) -> None:
        """Have `visit` made at once; `told` is called exactly once."""
        number = self._take_number()
        self._asides[number] = _Aside(told, self._clock.monotonic())
        self._dispatch.send(Round(number, host, (visit,), Gap(0.0, 0.0, 0.0)), vantage)

    def receive(self, message: Message) -> bool:
        """Whether the message belonged to a request of these."""
        aside = self._asides.get(message.round)
        if aside is None:
            return False
        said = message if isinstance(message, Sighting | Handover) else None
        if said is None:
            del self._asides[message.round]
        if not aside.answered:
            aside.answered = True
            aside.told(said)
        return True

    def give_up_late(self, now: float) -> None:
        """End those that a crawler has kept far too long."""
        for number, aside in list(self._asides.items()):
            if now - aside.begun > LATE_S:
                del self._asides[number]
                self._dispatch.abandon(number)
                if not aside.answered:
                    aside.told(None)
