"""Rounds in flight: which visits a crawler has in hand, and which lines are not durable yet."""

from collections.abc import Iterator
from typing import Final

from scheduler.conclude import Task
from scheduler.slots import Slots

LATE_S: Final = 35.0
"""A round may run over its deadline by one request; after this much more it is given up."""


class Flight:
    """One round: its tasks by visit number, how many lines are still to become durable, and when it is late.

    platform  the calendar of its platform, where it has one; slots: those booked there, as seconds after `begun` (monotonic)
    requests  made so far, as far as sightings told
    """

    __slots__ = ("begun", "ended", "host", "late_at", "platform", "probes", "requests", "slots", "tasks", "unwritten")

    def __init__(
        self,
        host: int,
        tasks: dict[int, Task],
        begun: float,
        deadline_s: float,
        platform: Slots | None = None,
        slots: tuple[float, ...] = (),
        probes: bool = False,
    ) -> None:
        self.host, self.tasks, self.begun, self.probes = host, tasks, begun, probes
        self.platform, self.slots = platform, slots
        self.late_at = begun + deadline_s + LATE_S
        self.requests = 0
        self.unwritten = 0
        self.ended = False


class Flights:
    """Flights by the number of their round."""

    def __init__(self) -> None:
        self._flights: dict[int, Flight] = {}
        self._next = 1

    def __len__(self) -> int:
        return len(self._flights)

    def __bool__(self) -> bool:
        return bool(self._flights)

    def take_number(self) -> int:
        number, self._next = self._next, self._next + 1
        return number

    def begin(self, number: int, flight: Flight) -> None:
        self._flights[number] = flight

    def get(self, number: int) -> Flight | None:
        return self._flights.get(number)

    def land(self, number: int, flight: Flight) -> bool:
        """Whether the round is over and all its lines are durable; it is forgotten then."""
        if not flight.ended or flight.unwritten or number not in self._flights:
            return False
        del self._flights[number]
        return True

    def late(self, now: float) -> Iterator[tuple[int, Flight]]:
        """Rounds that should have ended long ago."""
        for number, flight in list(self._flights.items()):
            if not flight.ended and now > flight.late_at:
                yield number, flight

    @property
    def ordinary(self) -> int:
        """Rounds that hold capacity for columns; those made of probes alone have their own."""
        return sum(not flight.probes for flight in self._flights.values())

    @property
    def visits(self) -> int:
        """Visits planned and not durable yet."""
        return sum(
            sum(1 + len(task.twins) for task in flight.tasks.values()) + flight.unwritten for flight in self._flights.values()
        )
