"""What is written for others: registers, the map of hosts, and the command that serves them."""

import asyncio
import csv
import json
import signal
import sys
from pathlib import Path

import pytest

from province import Province
from province.__main__ import main, parser
from tests.province.client import NOW, ask, running

LEVELS = {"省级门户", "省级部门", "市级门户", "市级部门", "县级门户", "县级部门", "乡镇"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def test_the_registers_hold_every_target_with_its_address(tmp_path: Path) -> None:
    province = Province(20, 6, 8, 3, True, NOW)
    province.write(tmp_path)
    sites, columns, accounts = (rows(tmp_path / "register" / f"{name}.csv") for name in ("sites", "columns", "accounts"))
    assert list(sites[0]) == ["网站标识码", "网站名称", "主办单位", "单位简称", "地区", "级别", "首页网址", "平台"]
    assert list(columns[0]) == ["网站标识码", "栏目编号", "栏目名称", "栏目网址", "栏目类别", "一级栏目", "责任单位"]
    assert list(accounts[0]) == ["账号标识", "账号名称", "类型", "主办单位", "单位简称", "地区", "级别", "网址"]
    assert [row["首页网址"] for row in sites] == [site.home_url for site in province.plan.sites]
    assert {row["级别"] for row in sites} <= LEVELS
    assert {f"{row['网站标识码']}/{row['栏目编号']}" for row in columns} == {
        c.key for s in province.plan.sites for c in s.columns
    }
    assert {row["一级栏目"] for row in columns} == {"是", "否"}
    assert all(row["网址"].startswith("https://mp.weixin.qq.com/s/") for row in accounts)
    assert all(value for row in [*columns, *accounts] for value in row.values())


async def test_the_map_of_hosts_leads_to_the_pages(tmp_path: Path) -> None:
    async with running(Province(30, 2, 1, 4, True, NOW)) as province:
        province.write(tmp_path)
        written = json.loads((tmp_path / "hosts.json").read_text("utf-8"))
        assert written["ca"] == str(tmp_path / "ca.pem")
        assert (tmp_path / "ca.pem").read_text("ascii").startswith("-----BEGIN CERTIFICATE-----")
        for site in province.plan.sites:
            if site.fault == "nxdomain":
                assert site.host not in written["hosts"]
            elif site.fault is None:
                assert written["hosts"][site.host]["80"] == list(province.hosts()[site.host]["80"])
                assert (await ask(province, site.host)).status == 200


async def test_the_command_serves_until_it_is_told_to_stop(tmp_path: Path) -> None:
    out = tmp_path / "province"
    command = ["-m", "province", "--sites", "3", "--columns", "2", "--accounts", "1", "--seed", "5", "--healthy"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, "--now", "2026-11-20T15:30", "--out", str(out), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(20):
            assert await process.stdout.readline() == b"ready\n"
            hosts = json.loads((out / "hosts.json").read_text("utf-8"))["hosts"]
            same = Province(3, 2, 1, 5, faults=False, now=NOW)
            site = same.plan.sites[0]
            address, port = hosts[site.host]["80"]
            reader, writer = await asyncio.open_connection(address, port)
            writer.write(f"GET / HTTP/1.1\r\nHost: {site.host}\r\n\r\n".encode())
            page = same.renderer.page(site, "/")
            assert page is not None
            assert await reader.readexactly(len(page.answer)) == page.answer
            writer.close()
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--sites", "0"], "at least one site"),
        (["--sites", "99999"], "sites at most"),
        (["--columns", "0"], "at least one site"),
    ],
)
def test_what_cannot_be_served_is_one_sentence_and_exit_2(
    options: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*options, "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_one_sentence_and_exit_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    assert main(["--sites", "1", "--columns", "1", "--out", str(tmp_path / "file" / "out")]) == 2
    assert "--out" in capsys.readouterr().err


def test_a_moment_without_an_offset_is_beijing_time() -> None:
    told = parser().parse_args(["--out", "x", "--now", "2026-11-20T15:30"]).now
    assert told == NOW
    assert parser().parse_args(["--out", "x", "--now", "2026-11-20T07:30:00+00:00"]).now == NOW
