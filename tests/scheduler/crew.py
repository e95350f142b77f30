"""Crawlers that answer as a script says, in the loop's time, and note what they should never have been asked."""

import asyncio
from collections.abc import Callable
from typing import Literal, NamedTuple

from crawler.records import Handover, Outcome, Progress, Reading, Round, RoundEnd, Sighting, Visit
from scheduler.dispatch import Message, Receive, RoundLost
from tests.scheduler.builders import LIST

ANSWERED: frozenset[Outcome] = frozenset({"ok", "http_error", "blocked", "challenged", "soft_404"})


class Reply(NamedTuple):
    """What comes of one visit: how it ends, after how long. `go`: it is handed over to `url`."""

    outcome: Outcome = "ok"
    reason: str | None = None
    took_s: float = 0.1
    what: Literal["see", "go", "leave", "die", "hang"] = "see"
    url: str = ""
    address: str | None = None
    retry_after_s: float = 0.0


OK = Reply()
SILENT = Reply("timeout", "first_byte", 15.0)
REFUSED = Reply("connect", "refused", 0.02)
World = Callable[[Visit, str, str], Reply]
"""(visit, host, vantage) → what comes of it."""


class Asked(NamedTuple):
    """One request: where, for which target, when (loop seconds), from where."""

    host: str
    kind: str
    target: str
    due_ms: int
    begun: float
    ended: float
    vantage: str


class Crawlers:
    """Make rounds as crawlers would. Two rounds of one vantage at one host at once are noted in `complaints`."""

    def __init__(self, world: World, vantages: tuple[str, ...], now_ms: Callable[[], int]) -> None:
        self.world, self.vantages, self._now_ms = world, vantages, now_ms
        self.asked: list[Asked] = []
        self.complaints: list[str] = []
        self.start_cpu_s = 0.0
        self.receive: Receive = lambda message: None
        self._busy: dict[tuple[str, str], int] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def start(self, receive: Receive) -> None:
        self.receive = receive

    def send(self, round: Round, vantage: str | None = None) -> None:
        place = (vantage or self.vantages[0], round.host)
        if place in self._busy:
            self.complaints.append(f"{place} is in rounds {self._busy[place]} and {round.number} at once")
        self._busy[place] = round.number
        task = asyncio.get_running_loop().create_task(self._make(round, *place))
        self._tasks[round.number] = task
        task.add_done_callback(lambda _: self._forget(round.number, place))

    def abandon(self, round: int) -> None:
        self._tasks[round].cancel()

    async def stop(self, grace_s: float) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, number: int, place: tuple[str, str]) -> None:
        del self._tasks[number]
        if self._busy.get(place) == number:
            del self._busy[place]

    def _end(self, round: Round, place: tuple[str, str], message: Message) -> None:
        self._busy.pop(place, None)
        self.receive(message)

    async def _make(self, round: Round, vantage: str, host: str) -> None:
        loop = asyncio.get_running_loop()
        begun, place, took_s, push_s = loop.time(), (vantage, host), 0.0, 0.0
        for index, visit in enumerate(round.visits):
            if index:
                await asyncio.sleep(round.gap.after(took_s))
            left = tuple(one.number for one in round.visits[index:])
            if loop.time() - begun > round.deadline_s:
                self._end(round, place, RoundEnd(round.number, left, took_s))
                return
            reply = self.world(visit, host, vantage)
            if reply.what == "leave":
                self._end(round, place, RoundEnd(round.number, left, took_s))
                return
            asked, at_ms = loop.time(), self._now_ms()
            took_s, push_s = reply.took_s, max(push_s, reply.retry_after_s)
            await asyncio.sleep(took_s)
            if reply.what == "hang":
                await asyncio.Event().wait()
            self.asked.append(Asked(host, visit.kind, visit.target, visit.due_ms, asked, loop.time(), vantage))
            if reply.what == "die":
                self._end(round, place, RoundLost(round.number))
                return
            self.receive(_answer(round, visit, reply, at_ms))
        self._end(round, place, RoundEnd(round.number, (), took_s, push_s))


def _answer(round: Round, visit: Visit, reply: Reply, at_ms: int) -> Message:
    was = visit.progress or Progress(at_ms)
    requests, elapsed = was.requests + 1, was.elapsed_s + reply.took_s
    if reply.what == "go":
        return Handover(round.number, visit.number, reply.url, Progress(was.at_ms, was.hops + 1, requests, elapsed_s=elapsed))
    reading = LIST if reply.outcome == "ok" else Reading("none")
    return Sighting(
        round.number,
        visit.number,
        was.at_ms,
        reply.outcome,
        reply.reason,
        200 if reply.outcome in ANSWERED else None,
        redirects=was.hops,
        elapsed_s=elapsed,
        requests=requests,
        address=reply.address,
        reading=reading,
    )
