"""Where fetching and reading meet: a round becomes sightings.

`Crawler.run(round)` yields one Sighting or Handover per visit, in order, and one RoundEnd. It keeps the host's pace: one
request at a time, the round's gap between the end of one and the start of the next, none before its platform slot, none
after the round's deadline. It never raises for what a server does.

A redirect on the same host is one more request of the visit, after the gap. A redirect to another host ends this crawler's
part with a Handover.

Where a column's page told no date, up to four further requests of the same visit may (`further.py`): each after the gap, none
after the round's deadline or a stop; what was judged so far stands then. Such a page can stay the same, byte for byte, while
its list grows: its sighting bears no digest and no validators, so that the next visit is a full one.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from hashlib import sha256
from typing import Final

from crawler.fetch import Answer, Ask, Fetcher
from crawler.fetch.retry import fetch_twice
from crawler.judge import Judgement, Look, concluded, judge, quest_of
from crawler.read.wants import Want
from crawler.records import (
    BEIJING,
    Handover,
    Kind,
    Memory,
    Progress,
    Round,
    RoundEnd,
    Sighting,
    Visit,
)

MOST_HOPS: Final = 5
DEADLINES: Final[dict[Kind, float]] = {"home": 15.0, "probe": 15.0, "column": 30.0, "account": 30.0, "report": 30.0}
"""Seconds from a visit's request to its last byte. A home page must open within 15 s (indicators.md W2)."""

_log = logging.getLogger(__name__)
_NO_MEMORY: Final = Memory()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class Crawler:
    """One per process; its rounds share the fetcher's connections."""

    def __init__(self, fetcher: Fetcher, now_ms: Callable[[], int] = _now_ms) -> None:
        self._fetcher, self._now_ms = fetcher, now_ms
        self._stopping = asyncio.Event()

    async def open(self) -> None:
        await self._fetcher.open()

    async def close(self) -> None:
        await self._fetcher.close()

    def stop(self) -> None:
        """Start no further visit; rounds end with what is left."""
        self._stopping.set()

    async def run(self, round: Round) -> AsyncIterator[Sighting | Handover | RoundEnd]:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        course = _Course(self._fetcher, round, begun, lambda at: self._wait_until(at, begun + round.deadline_s))
        for index, visit in enumerate(round.visits):
            start = max(course.free_at, begun + visit.start_after_s)
            if course.retry_after_s or not await self._wait_until(start, begun + round.deadline_s):
                left = tuple(later.number for later in round.visits[index:])
                yield RoundEnd(round.number, left, course.response_s, course.retry_after_s)
                return
            try:
                message = await course.visit(visit, self._now_ms())
            except Exception:
                _log.exception("a visit failed", extra={"target": visit.target, "url": visit.url})
                message = Sighting(round.number, visit.number, self._now_ms(), "internal", "crash", attempts=1)
            yield message
        yield RoundEnd(round.number, (), course.response_s, course.retry_after_s)

    async def _wait_until(self, start: float, deadline: float) -> bool:
        """Sleep until `start`; False where that is past the deadline, or a stop came."""
        if self._stopping.is_set() or start > deadline:
            return False
        delay = start - asyncio.get_running_loop().time()
        if delay > 0:
            try:
                async with asyncio.timeout(delay):
                    await self._stopping.wait()
            except TimeoutError:
                return True
            return False
        return True


class _Course:
    """One round on its way: when the host may be asked again, and what it said last."""

    def __init__(self, fetcher: Fetcher, round: Round, now: float, wait_until: Callable[[float], Awaitable[bool]]) -> None:
        self._fetcher, self._number, self._host, self._gap = fetcher, round.number, round.host, round.gap
        self._wait_until = wait_until
        self.free_at = now
        self.response_s = 0.0
        self.retry_after_s = 0.0

    async def visit(self, visit: Visit, at_ms: int) -> Sighting | Handover:
        """Follow one visit to its end on this host."""
        memory = visit.memory or _NO_MEMORY
        was = visit.progress or Progress(at_ms, requests=0)
        url, hops, requests, attempts, elapsed = (
            visit.next_url or visit.url,
            was.hops,
            was.requests,
            was.attempts,
            was.elapsed_s,
        )
        asked = {url}
        read_s = 0.0
        while True:
            left = max(0.5, DEADLINES[visit.kind] - elapsed)
            answer, tries = await self._ask(Ask(url, memory.etag, memory.last_modified, left), visit.kind)
            requests, attempts, elapsed = requests + answer.requests, max(attempts, tries), elapsed + answer.elapsed_s
            target = answer.location
            if target is None or not 300 <= (answer.status or 0) < 400:
                digest = memory.digest if answer.not_modified else digest_of(answer.body) if answer.body else None
                judged, read_s = self._judge(answer, visit, was.at_ms, memory, digest)
                if judged is None or not judged.plan.wants:
                    break
                whole = Progress(was.at_ms, hops, requests, attempts, elapsed)
                return await self._further(visit, answer, judged, whole, read_s)
            hops += 1
            judged, digest = self._stops_here(answer, visit, target, asked, hops, was.at_ms), None
            if judged:
                break
            if host_of(target) != self._host:
                return Handover(self._number, visit.number, target, Progress(was.at_ms, hops, requests, attempts, elapsed))
            asked.add(target)
            url = target
            await asyncio.sleep(max(0.0, self.free_at - asyncio.get_running_loop().time()))
        return self._sighting(visit, answer, judged, digest, Progress(was.at_ms, hops, requests, attempts, elapsed), read_s)

    async def _further(self, visit: Visit, answer: Answer, judged: Judgement, whole: Progress, read_s: float) -> Sighting:
        """The further requests of a page that alone told no date, and the sighting they end in."""
        requests, attempts, elapsed = whole.requests, whole.attempts, whole.elapsed_s
        quest = quest_of(judged, answer, _look(visit, whole.at_ms))
        while want := quest.next():
            while want is not None:
                if self.retry_after_s or not await self._wait_until(self.free_at):
                    quest.stop(want)
                    break
                told, tries = await self._ask_further(want, visit.kind)
                requests, attempts, elapsed = requests + told.requests, max(attempts, tries), elapsed + told.elapsed_s
                begun = time.perf_counter()
                want = quest.tell(want, told)
                read_s += time.perf_counter() - begun
        whole = Progress(whole.at_ms, whole.hops, requests, attempts, elapsed)
        unremembered = answer._replace(etag=None, last_modified=None)
        return self._sighting(visit, unremembered, concluded(judged, quest), None, whole, read_s)

    async def _ask_further(self, want: Want, kind: Kind) -> tuple[Answer, int]:
        form = want.form if want.method == "POST" else None
        return await self._ask(Ask(want.url, deadline_s=DEADLINES[kind], headers=want.headers, form=form), kind)

    async def _ask(self, ask: Ask, kind: Kind) -> tuple[Answer, int]:
        if kind == "probe":
            answer, tries = await self._fetcher.fetch(ask), 1
        else:
            answer, tries = await fetch_twice(self._fetcher, ask)
        self.response_s = answer.elapsed_s
        self.retry_after_s = answer.retry_after_s or 0.0
        self.free_at = asyncio.get_running_loop().time() + self._gap.after(answer.elapsed_s)
        return answer, tries

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
        if judged.reason == "address_forbidden" and visit.progress:
            judged = judged._replace(outcome="redirected", reason="private_address")
        return judged, time.perf_counter() - begun

    @staticmethod
    def _stops_here(answer: Answer, visit: Visit, target: str, asked: set[str], hops: int, at_ms: int) -> Judgement | None:
        """A redirect that is not followed: a challenge's, a loop, one too many."""
        judged = judge(answer, _look(visit, at_ms))
        if judged.outcome != "http_error":
            return judged
        if target in asked:
            return Judgement("redirected", "loop")
        if hops > MOST_HOPS:
            return Judgement("redirected", "too_many")
        return None

    def _sighting(
        self,
        visit: Visit,
        answer: Answer,
        judged: Judgement | None,
        digest: str | None,
        whole: Progress,
        read_s: float,
    ) -> Sighting:
        """The sighting of a finished visit; `whole` counts all its requests, on every host."""
        return Sighting(
            round=self._number,
            number=visit.number,
            at_ms=whole.at_ms,
            outcome=judged.outcome if judged else "ok",
            reason=judged.reason if judged else None,
            status=answer.status,
            final_url=answer.url,
            redirects=whole.hops,
            elapsed_s=round(whole.elapsed_s, 4),
            phases=answer.phases,
            attempts=whole.attempts,
            requests=whole.requests,
            address=answer.address,
            bytes=len(answer.body),
            partial=answer.partial,
            charset=judged.charset if judged else None,
            digest=digest,
            unchanged=judged is None,
            tls=answer.tls,
            reading=judged.reading if judged else None,
            items=judged.items if judged else (),
            flags=judged.flags if judged else (),
            account=judged.account if judged else None,
            etag=answer.etag,
            last_modified=answer.last_modified,
            retry_after_s=answer.retry_after_s,
            read_s=read_s,
        )


def _look(visit: Visit, at_ms: int) -> Look:
    return Look(visit.url, visit.kind, datetime.fromtimestamp(at_ms / 1000, BEIJING), visit.rules)


def digest_of(body: bytes) -> str:
    """128 bits of a page's SHA-256: what `unchanged` compares."""
    return sha256(body).hexdigest()[:32]


def host_of(url: str) -> str:
    """The host a URL is asked of: lower case, without user, port and brackets' content changed."""
    rest = url.partition("://")[2].partition("/")[0].partition("?")[0].partition("#")[0].rpartition("@")[2].lower()
    if rest.startswith("["):
        return rest.partition("]")[0] + "]"
    return rest.partition(":")[0]
