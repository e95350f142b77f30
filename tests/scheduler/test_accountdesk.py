"""What a service does for accounts beside the patrol, with a writer that may be slow."""

import asyncio
import json
import os
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, cast

import pytest

from crawler.accounts.bridgesettings import Bridges, BridgeSettings
from register import load
from scheduler.accounts.desk import AccountDesk
from scheduler.clock import SystemClock
from scheduler.enrol import enrol
from scheduler.ledger import Ledger
from scheduler.metrics import Metrics
from scheduler.writer import Writer

REGISTER = "账号标识,账号名称,类型,主办单位,网址\nSPH1,某县视频,微信视频号,某县,\nWX1,某县发布,微信订阅号,某县,\n"
BODY = json.dumps({"account": "SPH1", "updated": "2026-01-02"}).encode()


class SlowWriter:
    """Does jobs when it is told to; one that nobody waits for any more is done all the same, as in the writer's thread."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.prompt = ledger, True
        self.jobs: list[Callable[[], None]] = []

    def work(self, job: Callable[[Ledger], Any]) -> "Future[Any]":
        future: Future[Any] = Future()
        self.jobs.append(lambda: future.set_result(job(self.ledger)))
        if self.prompt:
            self.go_on()
        return future

    def go_on(self) -> None:
        jobs, self.jobs = self.jobs, []
        for job in jobs:
            job()


class Desk:
    def __init__(self, folder: Path) -> None:
        (folder / "accounts.csv").write_text(REGISTER, encoding="utf-8")
        (folder / "in").mkdir()
        register = load(folder / "accounts.csv", folder / "kept")
        bridges = Bridges([BridgeSettings("reading", "wewe-rss", "http://10.1.2.3:4000", accounts={"WX1": {"id": "MP_7"}})])
        self.ledger = Ledger.open(folder / "ledger.sqlite", "serve")
        self.writer, self.changes, self.metrics = SlowWriter(self.ledger), 0, Metrics()
        self.desk = AccountDesk(bridges, folder / "in", clock=SystemClock(), metrics=self.metrics)
        enrol(self.ledger, register, lambda *_: 0, "2026-11-22", routes=self.desk.routes)
        self.desk.enrolled(self.ledger, register)
        self.desk.begin(self.ledger, cast(Writer, self.writer), self._changed)

    def _changed(self) -> None:
        self.changes += 1

    @property
    def due(self) -> int:
        row = self.ledger.transaction().execute(
            "SELECT count(*) FROM states JOIN targets USING (id) WHERE kind = 'report' AND due IS NOT NULL"
        )
        return int(row.fetchone()[0])


@pytest.fixture
def made(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def test_a_report_is_due_before_it_is_accepted(made: Desk) -> None:
    answer = await made.desk.post(BODY)
    assert [each["account"] for each in answer["accepted"]] == ["SPH1"]
    assert (made.due, made.changes) == (1, 1)


async def test_the_same_report_again_changes_nothing(made: Desk) -> None:
    await made.desk.post(BODY)
    answer = await made.desk.post(BODY)
    assert len(answer["accepted"]) == 1 and made.changes == 1


async def test_who_loses_patience_takes_nothing_from_the_writer(made: Desk) -> None:
    made.writer.prompt = False
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await made.desk.post(BODY)
    made.writer.go_on()
    assert made.due == 1
    made.writer.prompt = True
    await made.desk.post(BODY)
    assert made.due == 1


async def test_a_folder_is_read_once_and_after_a_restart_not_again(made: Desk, tmp_path: Path) -> None:

    file = tmp_path / "in" / "reports.jsonl"
    file.write_bytes(BODY)
    os.utime(file, (1_700_000_000, 1_700_000_000))
    await made.desk.take_folder(tmp_path / "in")
    await made.desk.take_folder(tmp_path / "in")
    assert (made.due, made.changes) == (1, 1)
    again = AccountDesk(Bridges(), tmp_path / "in", clock=SystemClock(), metrics=Metrics())
    again.enrolled(made.ledger, load(tmp_path / "accounts.csv", tmp_path / "kept"))
    again.begin(made.ledger, cast(Writer, made.writer), lambda: None)
    await again.take_folder(tmp_path / "in")
    assert made.due == 1


async def test_a_folder_that_is_not_there_is_complained_of_once(
    made: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        await made.desk.take_folder(tmp_path / "nowhere")
    assert [record.getMessage() for record in caplog.records] == ["reports cannot be read"]


async def test_what_is_known_of_the_bridges_is_kept(made: Desk) -> None:
    await made.desk.keep()
    assert '"reading"' in (made.ledger.meta("bridges") or "")
    assert made.desk.keep_soon() is None
    assert "10.1.2.3" not in (made.ledger.meta("bridges") or "")
