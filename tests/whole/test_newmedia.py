"""New-media accounts in a service: every line agrees with the truth, by whatever view, and no secret is told anywhere."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest

from crawler.records import BEIJING
from province import Province
from province.newmedia.truth import settings
from tests.whole.conftest import XUNWANG
from tests.whole.contract import breaches, observations

HEAD = """
register = {register}
out = "patrol"
reports = {reports}
[pace]
gap_least = 0.0
gap_most = 0.01
[probes]
per_day = 0
[http]
port = 0
token = "0pen-sesame-token"
[crawler]
allow = ["127.0.0.0/8"]
hosts = {hosts}
"""


class Running(NamedTuple):
    folder: Path
    province: Province
    process: asyncio.subprocess.Process
    url: str
    log: Path

    @property
    def lines(self) -> dict[tuple[str, str], dict[str, Any]]:
        return {(row["kind"], row["target"]): row for row in observations(self.folder / "patrol/journal")}

    async def ask(self, path: str, body: bytes | None = None, token: str | None = None) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await asyncio.to_thread(_ask, Request(self.url + path, data=body, headers=headers))


def _ask(request: Request) -> tuple[int, bytes]:
    try:
        with urlopen(request, timeout=10) as answer:
            return int(answer.status), bytes(answer.read())
    except HTTPError as error:
        with error:
            return error.code, error.read()


async def eventually(holds: Callable[[], bool], seconds: float = 40.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - another process writes what is waited for
            await asyncio.sleep(0.05)


def config_of(province: Province, folder: Path) -> str:
    def text(value: object) -> str:
        return json.dumps(str(value))

    made = HEAD.format(register=text(folder / "register"), reports=text(folder / "in"), hosts=text(folder / "hosts.json"))
    for bridge in settings(province.plan):
        (folder / f"{bridge['name']}.token").write_text(bridge["token"] + "\n")
        made += f'\n[[bridges]]\nname = "{bridge["name"]}"\nprofile = "{bridge["profile"]}"\nbase = "{bridge["base"]}"\n'
        made += f'token_file = "{bridge["name"]}.token"\n'
        made += f'token_place = "{bridge["token_place"]}"\n' if bridge["token_place"] else ""
        made += "[bridges.accounts]\n"
        made += "".join(
            f"{code} = {{ id = {text(ids['id'])}, path = {text(ids['path'])} }}\n" for code, ids in bridge["accounts"].items()
        )
    return made


class Folder(NamedTuple):
    folder: Path
    province: Province


@pytest.fixture
async def province(tmp_path: Path) -> AsyncIterator[Folder]:
    """A healthy province of today with its bridges well, served from this process."""
    made = Province(3, 1, 2, seed=7, faults=False, now=datetime.now(BEIJING), newmedia=True)
    for bridge in made.plan.cast.bridges:
        made.set_illness(bridge.name, None)
    await made.start()
    try:
        made.write(tmp_path)
        (tmp_path / "in").mkdir()
        (tmp_path / "xunwang.toml").write_text(config_of(made, tmp_path), encoding="utf-8")
        yield Folder(tmp_path, made)
    finally:
        await made.close()


async def crawl(province: Folder, out: Path) -> None:
    """One pass; what it says is kept beside its folder."""
    folder = province.folder
    command: list[str | Path] = [
        "crawl",
        folder / "register",
        "--out",
        out,
        "--hosts",
        folder / "hosts.json",
        "--allow",
        "127.0.0.0/8",
    ]
    command += ["--bridges", folder / "xunwang.toml", "--min-delay", "0", "--max-delay", "0.01"]
    with (folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(XUNWANG, *map(str, command), stderr=log)
        assert await process.wait() == 0, (folder / "log").read_text()


@pytest.fixture
async def service(province: Folder) -> AsyncIterator[Running]:
    process = None
    try:
        log = province.folder / "log"
        command: list[str | Path] = [XUNWANG, "serve", "--config", province.folder / "xunwang.toml"]
        with log.open("wb") as errors:
            process = await asyncio.create_subprocess_exec(*command, stderr=errors)
        await eventually(lambda: '"listening"' in log.read_text())
        line = next(json.loads(line) for line in log.read_text().splitlines() if '"listening"' in line)
        yield Running(province.folder, province.province, process, f"http://127.0.0.1:{line['addresses'][0][1]}", log)
    finally:
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()


def views(running: Running | Folder) -> dict[str, dict[str, Any]]:
    text = (running.folder / "newmedia/views.jsonl").read_text(encoding="utf-8")
    return {view["code"]: view for view in map(json.loads, text.splitlines())}


def truths(running: Running | Folder) -> dict[str, dict[str, Any]]:
    text = (running.folder / "truth.jsonl").read_text(encoding="utf-8")
    return {line["target"]: line for line in map(json.loads, text.splitlines()) if line["kind"] == "account"}


async def test_every_account_ends_in_a_line_that_agrees_with_the_truth_by_its_best_view(province: Folder) -> None:
    told, true = views(province), truths(province)
    out = province.folder / "out"
    await crawl(province, out)
    lines = {row["target"]: row for row in observations(out / "journal") if row["kind"] == "account"}
    assert [code for code in true if not agrees(lines[code], true[code], told.get(code))] == []
    assert sum(row["observed_by"] == "bridge_feed" for row in lines.values()) >= 40
    assert breaches(out / "journal") == []
    assert secrets_in(province, out) == []


async def test_a_report_in_the_drop_folder_becomes_one_line_of_its_own(service: Running) -> None:
    told = [view for view in views(service).values() if view["seen_by"] == "operator_report"]
    (service.folder / "in/reports.csv").write_bytes((service.folder / "newmedia/reports/reports.csv").read_bytes())
    os.utime(service.folder / "in/reports.csv", (1_700_000_000, 1_700_000_000))
    await eventually(lambda: any(kind == "report" for kind, _ in service.lines))
    rows = [row for row in observations(service.folder / "patrol/journal") if row["kind"] == "report"]
    assert [(row["target"], row["observed_by"], row["reading"]["newest"]) for row in rows] == [
        (view["code"], "operator_report", view["newest"]) for view in told
    ]
    service.process.send_signal(signal.SIGTERM)
    assert await service.process.wait() == 0
    assert breaches(service.folder / "patrol/journal") == []
    assert secrets_in(service, service.folder / "patrol") == []


def agrees(row: dict[str, Any], true: dict[str, Any], view: dict[str, Any] | None) -> bool:
    if view is not None and view["seen_by"] == "bridge_feed":
        return bool(row["observed_by"] == "bridge_feed" and (row["reading"]["newest"] or "")[:10] == view["newest"])
    seen = row["outcome"] in true["outcomes"] and row["reading"]["state"] in true["states"]
    state = (row["account"] or {"state": "unknown"})["state"]
    return bool(seen and state in true["account"] and (row["reading"]["newest"] or "None")[:10] == str(true["newest"]))


def secrets_in(running: Running | Folder, out: Path) -> list[tuple[str, str]]:
    """(file, secret) wherever a token or a bridge's address stands in what a service writes."""
    words = [bridge.token for bridge in running.province.plan.cast.bridges]
    words += [bridge.host for bridge in running.province.plan.cast.bridges] + ["0pen-sesame-token"]
    places = [running.folder / "log", *(path for path in out.rglob("*") if path.is_file())]
    held = {path.name: path.read_bytes() for path in places}
    return [
        (name, word) for name, raw in held.items() for word in words for form in {word, quote(word)} if form.encode() in raw
    ]


async def test_metrics_show_bridges_and_no_secret(service: Running) -> None:
    text = (await service.ask("/metrics"))[1].decode()
    assert 'xunwang_bridge_sick{bridge="hub"} 0.0' in text
    assert 'xunwang_bridge_credential{bridge="hub",state="ok"} 1.0' in text
    assert not [bridge.name for bridge in service.province.plan.cast.bridges if bridge.token in text or bridge.host in text]


async def test_a_report_is_posted_with_the_token_and_makes_one_line_however_often_it_is_sent(service: Running) -> None:
    code = next(view["code"] for view in views(service).values() if view["seen_by"] == "nobody")
    body = json.dumps({"account": code, "updated": "2026-01-02", "reporter": "办公室"}).encode()
    assert (await service.ask("/reports", body))[0] == 401
    assert (await service.ask("/reports", body, "wrong-token"))[0] == 401
    for _ in range(3):
        status, said = await service.ask("/reports", body, "0pen-sesame-token")
        assert (status, [each["account"] for each in json.loads(said)["accepted"]]) == (200, [code])
    await eventually(lambda: ("report", code) in service.lines)
    rows = [row for row in observations(service.folder / "patrol/journal") if row["kind"] == "report"]
    assert [(row["target"], row["observed_by"], row["reading"]["newest"]) for row in rows] == [
        (code, "operator_report", "2026-01-02")
    ]
    assert (rows[0]["requests"], {flag["name"] for flag in rows[0]["flags"]}) == (0, {"reported", "reporter", "no_link"})


async def test_the_link_of_a_report_is_opened_and_what_it_says_stands_in_the_line(service: Running) -> None:
    alive, line = next(
        (code, line)
        for code, line in truths(service).items()
        if line["account"] == ["alive"] and line["newest"] and code.startswith("NM")
    )
    link = next(media.url for media in service.province.plan.cast.media if media.code == alive)
    day = line["newest"]
    body = json.dumps([{"account": alive, "updated": day, "link": link}]).encode()
    assert (await service.ask("/reports", body, "0pen-sesame-token"))[0] == 200
    await eventually(lambda: ("report", alive) in service.lines)
    row = service.lines["report", alive]
    assert (row["requests"], row["reading"]["newest"]) == (1, day)
    assert "link_confirms" in {flag["name"] for flag in row["flags"]}


@pytest.mark.parametrize("body", [b"", b"[", b"<html>", b"[1, null]", b"\xff\xfe", b'{"account": "nobody", "updated": "x"}'])
async def test_a_body_that_holds_no_report_is_answered_with_its_problems(body: bytes, service: Running) -> None:
    status, said = await service.ask("/reports", body, "0pen-sesame-token")
    assert status == 200
    assert json.loads(said)["accepted"] == [] and json.loads(said)["problems"]


async def test_a_body_that_is_too_large_is_refused(service: Running) -> None:
    status, said = await service.ask("/reports", b" " * 1_000_001, "0pen-sesame-token")
    assert (status, "more than 1000000 bytes" in json.loads(said)["error"]) == (413, True)
