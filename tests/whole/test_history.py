"""Two passes a day apart: what only a memory of earlier looks shows, in a province that knows what it did."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from crawler.records import BEIJING
from province import Province
from province.agreement import history_disagreement
from tests.whole.conftest import XUNWANG
from tests.whole.contract import observations


async def test_bursts_and_backdated_items_are_flagged_in_the_second_pass_and_nothing_else_is(tmp_path: Path) -> None:
    folder, out = tmp_path / "province", tmp_path / "out"
    folder.mkdir()
    province = Province(60, 20, 0, seed=3, now=datetime.now(BEIJING) - timedelta(days=2))
    await province.start()
    try:
        province.write(folder)
        await _crawl(folder, out)
        first = len(observations(out / "journal"))
        province.advance(1.0)
        told = list(province.history())
        await _crawl(folder, out)
    finally:
        await province.close()
    second = {row["target"]: row for row in observations(out / "journal")[first:]}
    assert any(line["flags"] for line in told)
    assert any(not line["flags"] for line in told)
    assert [wrong for line in told if (wrong := history_disagreement(line, second[line["target"]]))] == []


async def _crawl(folder: Path, out: Path) -> None:
    command = ["crawl", folder / "register", "--out", out, "--hosts", folder / "hosts.json", "--allow", "127.0.0.0/8"]
    process = await asyncio.create_subprocess_exec(
        XUNWANG, *map(str, command), "--min-delay", "0", "--max-delay", "0.01", stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()
