"""A Fetcher that answers from a table, in the loop's time: rounds without network."""

import asyncio
from collections.abc import Callable, Mapping
from typing import cast

from crawler.fetch import Answer, Ask, Fetcher
from crawler.records import Gap, Handover, Kind, Memory, Round, RoundEnd, Sighting, Visit
from crawler.visit import Crawler

HOST = "www.example.gov.cn"
Told = Answer | str | bytes | Exception


class FakeFetcher:
    """`pages` by URL: markup (200), an Answer, or an exception that is raised. What is not there is a 404.

    asked    the URLs in order; asks: the requests themselves; begun, ended: seconds of the loop
    before   called with each URL before it is answered
    """

    def __init__(self, pages: Mapping[str, Told], response_s: float = 0.0, before: Callable[[str], None] | None = None) -> None:
        self.pages, self.response_s, self.before = dict(pages), response_s, before
        self.asked: list[str] = []
        self.asks: list[Ask] = []
        self.begun: list[float] = []
        self.ended: list[float] = []

    async def open(self) -> None:
        self.asked.clear()

    async def close(self) -> None:
        self.pages.clear()

    async def fetch(self, ask: Ask) -> Answer:
        loop = asyncio.get_running_loop()
        self.asked.append(ask.url)
        self.asks.append(ask)
        self.begun.append(loop.time())
        if self.before:
            self.before(ask.url)
        await asyncio.sleep(0)
        self.ended.append(loop.time())
        told = self.pages.get(ask.url, Answer(ask.url, "ok", status=404, headers={}, body=b"<h1>404 Not Found</h1>"))
        if isinstance(told, Exception):
            raise told
        if not isinstance(told, Answer):
            told = page(ask.url, told)
        return told._replace(elapsed_s=self.response_s)


def page(url: str, body: str | bytes, **fields: object) -> Answer:
    """A page that was answered with 200, and validators."""
    raw = body.encode() if isinstance(body, str) else body
    made = Answer(
        url, "ok", status=200, headers={}, body=raw, content_type="text/html; charset=utf-8", etag='"e1"', last_modified="x"
    )
    return made._replace(**fields)  # type: ignore[arg-type]


def failed(url: str, outcome: str, reason: str) -> Answer:
    return Answer(url, outcome, reason)  # type: ignore[arg-type]


def moved(url: str, to: str, status: int = 302) -> Answer:
    return Answer(url, "ok", status=status, headers={"Location": to}, location=to)


def visit(url: str, number: int = 0, kind: Kind = "column", **fields: object) -> Visit:
    return Visit(number, kind, f"t{number}", url, 1_795_312_800_000, **fields)  # type: ignore[arg-type]


def round_of(*visits: Visit, gap: Gap | None = None, deadline_s: float = 60.0) -> Round:
    return Round(7, HOST, visits, gap or Gap(0.0, 0.0, 0.0), deadline_s)


def crawler_of(fetcher: FakeFetcher) -> Crawler:
    return Crawler(cast(Fetcher, fetcher), now_ms=lambda: 1_795_312_800_000)


async def run(crawler: Crawler, round: Round) -> list[Sighting | Handover | RoundEnd]:
    return [message async for message in crawler.run(round)]


async def sight(
    pages: Mapping[str, Told], url: str, memory: Memory | None = None, **fields: object
) -> tuple[Sighting, FakeFetcher]:
    """The sighting of one visit, and the fetcher that made it."""
    fetcher = FakeFetcher(pages)
    first, end = await run(crawler_of(fetcher), round_of(visit(url, memory=memory, **fields)))  # type: ignore[arg-type]
    assert isinstance(first, Sighting) and isinstance(end, RoundEnd)
    return first, fetcher
