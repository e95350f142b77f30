"""What the service answers to those who follow the journal and to those who ask for gauges."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer

from scheduler import retention
from scheduler.journal import Journal, Position
from scheduler.metrics import Metrics
from scheduler.service import Health, Service
from scheduler.shelf import segment_path
from tests.scheduler.builders import BEGINNING


def line(seq: int) -> bytes:
    return b'{"seq":%d}\n' % seq


class House:
    """A service over a journal of ten lines, four in each segment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._journal = Journal(folder, BEGINNING, segment_bytes=4 * len(line(1)))
        self.end = BEGINNING
        self.write(10)
        self.metrics = Metrics()
        self.service = Service(
            metrics=self.metrics,
            journal=folder,
            synced=lambda: self.end,
            health=lambda: Health(True),
            ready=lambda: True,
            token="",
        )
        self.client: TestClient = TestClient(TestServer(self.service.app()))  # type: ignore[type-arg]

    def write(self, count: int) -> None:
        for _ in range(count):
            seq = self.end.seq + 1
            self.end = Position(*self._journal.append(line(seq)), seq)

    async def metric(self, name: str) -> float:
        text = await (await self.client.get("/metrics")).text()
        return float(next(row.split()[1] for row in text.splitlines() if row.startswith(name + " ")))

    async def becomes(self, name: str, value: float) -> None:
        async with asyncio.timeout(5):
            while await self.metric(name) != value:  # noqa: ASYNC110 - a scrape is all there is to see it by
                await asyncio.sleep(0.01)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path)
    async with made.client:
        yield made


async def test_lines_are_handed_out_across_plain_and_compressed_segments(house: House) -> None:
    for number in (1, 2):
        retention.pack(house.folder, number)
        segment_path(house.folder, number).unlink()
    answer = await house.client.get("/observations?after=2")
    assert (await answer.read()) == b"".join(line(seq) for seq in range(3, 11))


async def test_a_seq_past_its_retention_is_answered_410_with_the_first_one_kept(house: House) -> None:
    retention.drop(house.folder, 1)
    answer = await house.client.get("/observations?after=2")
    assert answer.status == 410
    assert (await answer.json())["first"] == 5
    assert (await house.client.get("/observations?after=4")).status == 200


async def test_a_follower_is_counted_while_it_follows(house: House) -> None:
    assert await house.metric("xunwang_journal_readers") == 0
    async with house.client.get("/observations?after=0&follow=1") as answer:
        got = [json.loads(await answer.content.readline())["seq"] for _ in range(10)]
        assert got == list(range(1, 11))
        await house.becomes("xunwang_journal_reader_lag_lines", 0)
        assert await house.metric("xunwang_journal_readers") == 1
        house.write(3)
        assert await house.metric("xunwang_journal_reader_lag_lines") == 3
        await house.service.nudge()
        assert [json.loads(await answer.content.readline())["seq"] for _ in range(3)] == [11, 12, 13]
        await house.becomes("xunwang_journal_reader_lag_lines", 0)


async def test_a_follower_that_went_away_is_not_counted_any_more(house: House) -> None:
    async with ClientSession() as session, session.get(house.client.make_url("/observations?after=0&follow=1")) as answer:
        await answer.content.readline()
    async with asyncio.timeout(5):
        while await house.metric("xunwang_journal_readers"):
            house.write(1)
            await house.service.nudge()
            await asyncio.sleep(0.01)
    assert await house.metric("xunwang_journal_reader_lag_lines") == 0


async def test_gauges_of_sites_are_a_page_of_their_own(house: House) -> None:
    house.metrics.sites.text = b'xunwang_site_targets{site="1"} 3\n'
    answer = await house.client.get("/metrics/sites")
    assert (await answer.read()) == b'xunwang_site_targets{site="1"} 3\n'
    assert answer.content_type == "text/plain"
    assert "xunwang_site_targets" not in await (await house.client.get("/metrics")).text()


async def test_the_process_tells_of_its_memory_and_files(house: House) -> None:
    assert await house.metric("process_resident_memory_bytes") > 1e6
    assert 0 < await house.metric("process_open_fds") < await house.metric("process_max_fds")
