"""When the next request of a round may start. Decides from the loop's time; the waiting is here too, and nothing else.

A request starts
    never before   the round's gap after the end of the last one has passed
    at a slot      of the platform, where the round has slots: the next one that is not past by more than `slot_slack_s`; those
                   that are further past are passed over. A visit's first request needs one, and so does a second try; any other
                   request of a visit under way that finds none goes on after the gap (the scheduler charges it)
    never after    the round's deadline, an answer that asks to be left alone, or a stop
"""

import asyncio
from bisect import bisect_right
from typing import Final, Literal

from msgspec.structs import replace

from crawler.fetch import Answer
from crawler.records import Round

Turn = Literal["go", "late", "stopped"]
"""go: start now. late: not in this round. stopped: the crawler was told to stop."""

PUSHED_BACK: Final = frozenset({429, 503})
"""Statuses by which a host asks to be left alone for a while."""


class Turns:
    """One round's turns. Times are seconds of the loop.

    response_s     what the last answer took
    retry_after_s  the host asks to be left alone for so long; 0.0 where it does not
    """

    def __init__(self, round: Round, begun: float, stopping: asyncio.Event) -> None:
        self._slots, self._slack_s, self._begun = round.slots, round.slot_slack_s, begun
        self._deadline = begun + round.deadline_s
        self._gap = round.gap
        self._stopping = stopping
        self._passed = 0  # slots that are taken or were passed over
        self._free_at = begun
        self.response_s = 0.0
        self.retry_after_s = 0.0

    @property
    def stopped(self) -> bool:
        return self._stopping.is_set()

    def slots_used(self) -> int:
        """How many of the round's slots are taken or past by now."""
        past = bisect_right(self._slots, asyncio.get_running_loop().time() - self._begun)
        return max(self._passed, past)

    def slower(self, delay_s: float) -> None:
        """Keep at least `delay_s` between requests from now on."""
        if delay_s > self._gap.least_s:
            self._gap = replace(self._gap, least_s=delay_s, most_s=max(self._gap.most_s, delay_s))

    def answered(self, answer: Answer) -> None:
        """A request has just ended. 429 and 503 push us back by the longest gap where they do not say how long."""
        self.response_s = answer.elapsed_s
        pushed_s = self._gap.most_s if answer.status in PUSHED_BACK else 0.0
        self.retry_after_s = answer.retry_after_s or pushed_s
        self.rest(answer.elapsed_s)

    def rest(self, response_s: float) -> None:
        """The gap begins now."""
        self._free_at = asyncio.get_running_loop().time() + self._gap.after(response_s)

    async def first(self) -> Turn:
        """Wait for the turn of a visit's first request."""
        return await self._turn(self._begun, needs_slot=True)

    async def again(self, pause_s: float) -> Turn:
        """Wait for the turn of a second try, `pause_s` seconds from now at the earliest."""
        return await self._turn(asyncio.get_running_loop().time() + pause_s, needs_slot=True)

    async def next(self, pause_s: float = 0.0) -> Turn:
        """Wait for the turn of one more request of the visit under way, `pause_s` seconds from now at the earliest."""
        return await self._turn(asyncio.get_running_loop().time() + pause_s, needs_slot=False)

    async def _turn(self, not_before: float, needs_slot: bool) -> Turn:
        loop = asyncio.get_running_loop()
        while True:
            if self.stopped:
                return "stopped"
            now = loop.time()
            start = self._start(max(now, not_before, self._free_at), needs_slot)
            if self.retry_after_s or start is None or start > self._deadline:
                return "late"
            if start <= now:
                self._passed = min(self._passed + 1, len(self._slots))
                return "go"
            await self._until(start)

    def _start(self, earliest: float, needs_slot: bool) -> float | None:
        """The earliest start at a slot; None where one is needed and none is left."""
        slots = self._slots
        while self._passed < len(slots) and self._begun + slots[self._passed] + self._slack_s < earliest:
            self._passed += 1
        if self._passed < len(slots):
            return max(earliest, self._begun + slots[self._passed])
        return None if slots and needs_slot else earliest

    async def _until(self, start: float) -> None:
        """Until `start`, or until a stop comes."""
        try:
            async with asyncio.timeout_at(start):
                await self._stopping.wait()
        except TimeoutError:
            pass
