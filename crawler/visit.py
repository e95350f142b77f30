"""Where fetching and reading meet: a round becomes sightings.

`Crawler.run(round)` yields one Sighting or Handover per visit, in order, and one RoundEnd. It keeps the host's pace
(`turns.py`): one request at a time, each after the gap, at a platform slot where the round has slots, none after the round's
deadline. It never raises for what a server does.

A redirect on the same host is one more request of the visit. A redirect to another host ends this crawler's part with a
Handover; so does a deadline on the way to the page, with a Handover to the same host, so that what was done is not done again.

Where a column's page told no date, up to four further requests of the same visit may (`further.py`), none after the round's
deadline; what was judged so far stands then. Such a page can stay the same, byte for byte, while its list grows: its sighting
bears no digest and no validators, so that the next visit is a full one.

A stop lets the request under way end. A visit that would need another one is handed back in `RoundEnd.left`: nothing is said
of it, and whoever patrols next looks again.

A home page and a probe have 15.0 s from the first request to the last byte of the page: the other scheme, tried once, and
redirects included, the pauses that politeness takes between requests not. A probe has no second try and no further requests.

A round whose host begins with `bridge:` goes to a bridge of the settings (`bridgecourse.py`).
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from hashlib import sha256
from typing import Final

from crawler.accounts.bridgesettings import PREFIX, Bridges
from crawler.bridgecourse import BridgeCourse
from crawler.fetch import Answer, Ask, Fetcher, FetchSettings
from crawler.fetch.retry import fetch_twice
from crawler.judge import Judgement, Look, concluded, judge, quest_of
from crawler.lag import LagMeter
from crawler.read.wants import Want
from crawler.records import (
    BEIJING,
    Handover,
    Kind,
    Memory,
    Round,
    RoundEnd,
    Sighting,
    Visit,
)
from crawler.robots import FREE_KINDS, Robots, question
from crawler.robots import MOST_HOPS as MOST_ROBOTS_HOPS
from crawler.tally import Tally, Told, sighting_of, unasked
from crawler.turns import Turns

MOST_HOPS: Final = 5
DEADLINES: Final[dict[Kind, float]] = {"home": 15.0, "probe": 15.0, "column": 30.0, "account": 30.0, "report": 30.0}
"""Seconds from a visit's request to its last byte. A home page must open within 15 s (indicators.md W2)."""

_LEAST_LEFT_S: Final = 0.05
"""With less of the deadline left, a request would only be cut off."""

_log = logging.getLogger(__name__)
_NO_MEMORY: Final = Memory()
_KEPT_OUT: Final = Judgement("inconclusive", "robots")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class _Stopped(Exception):
    """A stop came before the visit's next request."""


class Crawler:
    """One per process and vantage; its rounds share the fetcher's connections. `robots` is None where it is not honoured."""

    def __init__(
        self,
        fetcher: Fetcher,
        now_ms: Callable[[], int] = _now_ms,
        robots: Robots | None = None,
        bridges: tuple[Bridges, Fetcher] | None = None,
    ) -> None:
        """bridges: those of the settings, and a fetcher that may go to them and to nothing else."""
        self._fetcher, self._now_ms, self._robots, self._bridges = fetcher, now_ms, robots, bridges
        self._stopping = asyncio.Event()
        self._lag = LagMeter()

    @classmethod
    def of(cls, settings: FetchSettings) -> "Crawler":
        """The crawler that the settings ask for."""
        bridges = Bridges(settings.bridges)
        return cls(
            Fetcher(settings),
            robots=Robots(settings.robots_delay_most_s) if settings.robots else None,
            bridges=(bridges, Fetcher(settings, bridges.origins)) if bridges else None,
        )

    async def open(self) -> None:
        await self._fetcher.open()
        if self._bridges:
            await self._bridges[1].open()
        self._lag.start()

    async def close(self) -> None:
        self._lag.stop()
        await self._fetcher.close()
        if self._bridges:
            await self._bridges[1].close()

    def stop(self) -> None:
        """Start no further request; rounds end with what is left."""
        self._stopping.set()

    async def run(self, round: Round, age_s: float = 0.0) -> AsyncIterator[Sighting | Handover | RoundEnd]:
        """Make a round that the scheduler began `age_s` seconds ago: its slots and its deadline count from then."""
        turns = Turns(round, asyncio.get_running_loop().time() - age_s, self._stopping)
        course = self._course(round, turns)
        left: tuple[int, ...] = ()
        for index, visit in enumerate(round.visits):
            message = await self._make(course, turns, visit)
            if message is None:
                left = tuple(later.number for later in round.visits[index:])
                break
            yield message
        yield RoundEnd(round.number, left, turns.response_s, course.rest_s(), turns.slots_used())

    def _course(self, round: Round, turns: Turns) -> "_Course | BridgeCourse":
        if not round.host.startswith(PREFIX):
            return _Course(self._fetcher, round, turns, self._robots, self._lag)
        bridges, fetcher = self._bridges or (Bridges(), self._fetcher)  # without settings each visit ends unasked
        return BridgeCourse(fetcher, bridges, round, turns, self._lag)

    async def _make(self, course: "_Course | BridgeCourse", turns: Turns, visit: Visit) -> Sighting | Handover | None:
        """One visit; None where it is left."""
        if turns.stopped:
            return None
        try:
            refused = course.refused(visit, self._now_ms())
            if refused is not None:
                return refused
            if await turns.first() != "go":
                return None
            return await course.visit(visit, self._now_ms())
        except _Stopped:
            return None
        except Exception:
            _log.exception("a visit failed", extra={"target": visit.target, "url": visit.url})
            turns.rest(0.0)
            return course.crashed(visit, self._now_ms())


class _Course:
    """One round on its way through its host."""

    def __init__(self, fetcher: Fetcher, round: Round, turns: Turns, robots: Robots | None, lag: LagMeter) -> None:
        self._fetcher, self._number, self._host = fetcher, round.number, round.host
        self._turns, self._robots, self._lag = turns, robots, lag
        self._delay_s = 0.0
        self._asked = False
        rules = robots.of(self._host) if robots else None
        if rules is not None:
            self._slow_down(rules.delay_s)

    def rest_s(self) -> float:
        """How long the host asks to be left alone: by its last answer, or by its Crawl-delay where one was asked now."""
        return max(self._turns.retry_after_s, self._delay_s if self._asked else 0.0)

    def _slow_down(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._turns.slower(delay_s)

    def refused(self, visit: Visit, at_ms: int) -> Sighting | None:
        """The sighting of a visit that the host's robots.txt, as it is known, does not want."""
        url = visit.next_url or visit.url
        if not self._is_refused(url, visit.kind):
            return None
        tally = Tally.of(visit.progress, at_ms, self._lag.mark())
        return self._sighting(visit, Told(unasked(url), _KEPT_OUT), tally)

    def crashed(self, visit: Visit, at_ms: int) -> Sighting:
        return Sighting(self._number, visit.number, at_ms, "internal", "crash", attempts=1)

    def _is_refused(self, url: str, kind: Kind) -> bool:
        rules = self._robots.of(self._host) if self._robots and kind not in FREE_KINDS else None
        return rules is not None and not rules.allow(url)

    async def visit(self, visit: Visit, at_ms: int) -> Sighting | Handover:
        """Follow one visit, whose turn has come, to its end on this host. Raises _Stopped."""
        tally = Tally.of(visit.progress, at_ms, self._lag.mark())
        memory = visit.memory or _NO_MEMORY
        url = visit.next_url or visit.url
        asked = {url}
        last = unasked(url)
        go = await self._heed(url, visit.kind, tally)
        while go:
            if self._is_refused(url, visit.kind):
                return self._sighting(visit, Told(last, _KEPT_OUT), tally)
            left = DEADLINES[visit.kind] - tally.elapsed_s
            if left < _LEAST_LEFT_S:
                return self._sighting(visit, Told(last, Judgement("timeout", "deadline")), tally)
            last, tries = await self._ask(Ask(url, memory.etag, memory.last_modified, left), visit.kind)
            tally.add(last, tries)
            target = last.location
            if target is None or not 300 <= (last.status or 0) < 400:
                return await self._arrived(visit, last, tally)
            tally.hops += 1
            stops = self._stops_here(last, visit, target, asked, tally)
            if stops is not None:
                return self._sighting(visit, Told(last, stops), tally)
            if host_of(target) != self._host:
                return Handover(self._number, visit.number, target, tally.progress())
            asked.add(target)
            url = target
            go = self._is_refused(url, visit.kind) or await self._onward()
        return Handover(self._number, visit.number, url, tally.progress())

    async def _heed(self, url: str, kind: Kind, tally: Tally) -> bool:
        """Ask for the host's robots.txt where it has to be known and is not; False where no more may be asked after it."""
        robots = self._robots
        if robots is None or kind in FREE_KINDS or robots.of(self._host) is not None:
            return True
        ask, hops = question(url), 0
        while True:
            answer = await self.fetch(ask)
            tally.requests += answer.requests
            target = answer.location
            if target is None or host_of(target) != self._host or hops == MOST_ROBOTS_HOPS:
                break
            ask, hops = ask._replace(url=target), hops + 1
            if not await self._onward():
                robots.learn(self._host, answer._replace(status=None))  # or the next round would begin with it again
                return False
        self._slow_down(robots.learn(self._host, answer).delay_s)
        self._turns.rest(answer.elapsed_s)
        return self._is_refused(url, kind) or await self._onward()

    async def _arrived(self, visit: Visit, answer: Answer, tally: Tally) -> Sighting:
        """The sighting of a visit that has come to its page."""
        memory = visit.memory or _NO_MEMORY
        digest = memory.digest if answer.not_modified else digest_of(answer.body) if answer.body else None
        judged, tally.read_s = self._judge(answer, visit, tally.at_ms, memory, digest)
        if judged is None or not judged.plan.wants:
            return self._sighting(visit, Told(answer, judged, digest), tally)
        concluded = await self._further(visit, answer, judged, tally)
        return self._sighting(visit, Told(answer._replace(etag=None, last_modified=None), concluded), tally)

    async def _further(self, visit: Visit, answer: Answer, judged: Judgement, tally: Tally) -> Judgement:
        """The further requests of a page that alone told no date, and what they prove. Raises _Stopped."""
        quest = quest_of(judged, answer, _look(visit, tally.at_ms))
        while want := quest.next():
            while want is not None:
                if self._is_refused(want.url, visit.kind):
                    told = unasked(want.url)
                elif await self._onward():
                    told, tries = await self._ask(_ask_of(want, visit.kind), visit.kind)
                    tally.add(told, tries)
                else:
                    quest.stop(want)
                    break
                begun = time.perf_counter()
                want = quest.tell(want, told)
                tally.read_s += time.perf_counter() - begun
        return concluded(judged, quest)

    async def _onward(self, pause_s: float = 0.0) -> bool:
        """Wait for the turn of one more request of the visit; False where there is none in this round. Raises _Stopped."""
        turn = await self._turns.next(pause_s)
        if turn == "stopped":
            raise _Stopped
        return turn == "go"

    async def _ask(self, ask: Ask, kind: Kind) -> tuple[Answer, int]:
        """The answer, and in how many tries. A probe has one."""
        return (await self.fetch(ask), 1) if kind == "probe" else await fetch_twice(self, ask, self._try_again)

    async def _try_again(self, pause_s: float) -> bool:
        """Wait for the turn of a second try, in spite of a short Retry-After; False where there is none. Raises _Stopped."""
        asked, self._turns.retry_after_s = self._turns.retry_after_s, 0.0
        turn = await self._turns.again(pause_s)
        if turn == "stopped":
            raise _Stopped
        if turn == "late":
            self._turns.retry_after_s = asked
        return turn == "go"

    async def fetch(self, ask: Ask) -> Answer:
        """One request, its turn having come; the gap begins when it ends."""
        self._asked = True
        answer = await self._fetcher.fetch(ask)
        self._turns.answered(answer)
        return answer

    @staticmethod
    def _judge(answer: Answer, visit: Visit, at_ms: int, memory: Memory, digest: str | None) -> tuple[Judgement | None, float]:
        """None where the page is the one we know: by its validators, or byte for byte, before anything is parsed.

        Also the seconds that reading took.
        """
        same = digest is not None and digest == memory.digest and answer.status == 200 and not answer.partial
        if answer.outcome == "ok" and (answer.not_modified or same):
            return None, 0.0
        begun = time.perf_counter()
        judged = judge(answer, _look(visit, at_ms))
        if judged.reason == "address_forbidden" and visit.progress and visit.progress.hops:
            judged = judged._replace(outcome="redirected", reason="private_address")
        return judged, time.perf_counter() - begun

    @staticmethod
    def _stops_here(answer: Answer, visit: Visit, target: str, asked: set[str], tally: Tally) -> Judgement | None:
        """A redirect that is not followed: a challenge's, a loop, one too many."""
        judged = judge(answer, _look(visit, tally.at_ms))
        if judged.outcome != "http_error":
            return judged
        if target in asked:
            return Judgement("redirected", "loop")
        if tally.hops > MOST_HOPS:
            return Judgement("redirected", "too_many")
        return None

    def _sighting(self, visit: Visit, told: Told, tally: Tally) -> Sighting:
        return sighting_of(self._number, visit.number, told, tally, self._lag.worst_since(tally.began))


def _ask_of(want: Want, kind: Kind) -> Ask:
    form = want.form if want.method == "POST" else None
    return Ask(want.url, deadline_s=DEADLINES[kind], headers=want.headers, form=form)


def _look(visit: Visit, at_ms: int) -> Look:
    return Look(visit.url, visit.kind, datetime.fromtimestamp(at_ms / 1000, BEIJING), visit.rules, visit.platform)


def digest_of(body: bytes) -> str:
    """128 bits of a page's SHA-256: what `unchanged` compares."""
    return sha256(body).hexdigest()[:32]


def host_of(url: str) -> str:
    """The host a URL is asked of: lower case, without user, port and brackets' content changed."""
    rest = url.partition("://")[2].partition("/")[0].partition("?")[0].partition("#")[0].rpartition("@")[2].lower()
    if rest.startswith("["):
        return rest.partition("]")[0] + "]"
    return rest.partition(":")[0]
