"""The examples for those downstream, run as they are shipped."""

import json
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crawler.records import Reading
from scheduler import retention
from scheduler.conclude import conclude, encode_line
from scheduler.journal import Journal
from scheduler.shelf import kept_numbers, segment_numbers, segment_path
from tests.observe.sources import DEPLOY
from tests.scheduler.builders import BEGINNING, HOUSE, sighting, task

EXAMPLES = DEPLOY / "examples"
LINES = 400


# ---- following, with resume ----


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Pair:
    """A journal that grows, and the example that follows it: both processes, both to be killed."""

    def __init__(self, folder: Path) -> None:
        self.journal, self.file = folder / "journal", folder / "articles.sqlite"
        self.journal.mkdir()
        self.port = str(free_port())
        self._running: list[subprocess.Popen[bytes]] = []

    def _start(self, *command: str | Path) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        self._running.append(process)
        return process

    def server(self) -> subprocess.Popen[bytes]:
        return self._start(sys.executable, "-m", "tests.deploy.journal_server", self.journal, self.port, str(LINES))

    def follower(self) -> subprocess.Popen[bytes]:
        url = f"http://127.0.0.1:{self.port}"
        return self._start(sys.executable, EXAMPLES / "follow.py", url, self.file, "open sesame")

    def seen(self) -> int:
        with closing(sqlite3.connect(self.file)) as state:
            try:
                return int(state.execute("SELECT count(*) FROM seen").fetchone()[0])
            except sqlite3.OperationalError:
                return 0  # its tables are not made yet

    def reaches(self, count: int) -> None:
        end = time.monotonic() + 30
        while self.seen() < count:
            assert time.monotonic() < end, f"{self.seen()} lines of {count}"
            time.sleep(0.02)

    def close(self) -> None:
        for process in self._running:
            process.kill()
            process.wait()


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    made = Pair(tmp_path)
    yield made
    made.close()


def kill(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()


def test_a_follower_keeps_each_article_once_though_both_sides_are_killed(pair: Pair) -> None:
    server, follower = pair.server(), pair.follower()
    pair.reaches(40)
    kill(follower)
    time.sleep(0.2)  # the journal grows while nobody reads it
    follower = pair.follower()
    pair.reaches(120)
    kill(server)
    server = pair.server()
    pair.reaches(200)
    kill(follower)
    kill(server)
    pair.server()
    pair.follower()
    pair.reaches(LINES)
    with closing(sqlite3.connect(pair.file)) as state:
        titles = [title for (title,) in state.execute("SELECT title FROM articles")]
        seqs = [seq for (seq,) in state.execute("SELECT seq FROM seen ORDER BY seq")]
    assert Counter(titles) == Counter(f"第{seq}篇" for seq in range(1, LINES + 1))
    assert seqs == list(range(1, LINES + 1))
    assert len(segment_numbers(pair.journal)) > 2


def test_a_follower_with_a_wrong_token_ends_and_says_why(pair: Pair) -> None:
    pair.server()
    pair.follower()
    pair.reaches(1)
    command = [sys.executable, str(EXAMPLES / "follow.py"), f"http://127.0.0.1:{pair.port}", str(pair.file), "wrong"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert "401" in done.stderr


# ---- the journal as files ----


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Forty lines in several segments: the first compressed, the second in both forms, the last with half a line at its end."""
    folder = tmp_path / "journal"
    folder.mkdir()
    made = Journal(folder, BEGINNING, segment_bytes=8_000)
    for seq in range(1, 41):
        made.append(observed(seq))
    made.close()
    assert len(segment_numbers(folder)) >= 4
    for number in (1, 2):
        retention.pack(folder, number)
    segment_path(folder, 1).unlink()
    with segment_path(folder, kept_numbers(folder)[-1]).open("ab") as file:
        file.write(observed(41)[:70])
    return folder


def observed(seq: int) -> bytes:
    """Columns of five targets, a day later with each line; every fourth line could not be opened."""
    key, day = f"5115000001/c{seq % 5}", f"2026-10-{1 + seq // 2:02d}"
    made = task(key, due_ms=1_763_780_000_000 + seq)
    visit = msgspec.structs.replace(made.visit, kind="column", url=f"http://h{seq % 3}.test/{key}")
    column = b'{"name":"\xe5\x8a\xa8\xe6\x80\x81","category":"news"}'
    if seq % 4:
        seen = sighting("ok", Reading("list", newest=day, precision="day", source="row", items=1, dated=1))
    else:
        seen = sighting("connect", None)
    line, _ = conclude(msgspec.structs.replace(made, visit=visit, part=column), seen, HOUSE)
    line.seq = seq
    return encode_line(line) + b"\n"


def rows() -> list[dict[str, Any]]:
    return [json.loads(observed(seq)) for seq in range(1, 41)]


@pytest.mark.skipif(shutil.which("jq") is None or shutil.which("zstd") is None, reason="jq or zstd is not installed")
def test_the_jq_example_counts_what_could_not_be_opened(journal: Path) -> None:
    done = subprocess.run([EXAMPLES / "outcomes.sh", journal], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    told = {tuple(row.split()[1:]): int(row.split()[0]) for row in done.stdout.splitlines()}
    bad = [row for row in rows() if row["outcome"] == "connect"]
    assert len(bad) == 10
    assert told == Counter((row["url"].split("/")[2], "connect", row["reason"] or "-") for row in bad)


def test_the_duckdb_example_tells_the_latest_date_of_each_column(journal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    monkeypatch.chdir(journal)
    found = duckdb.sql((EXAMPLES / "freshness.sql").read_text(encoding="utf-8")).fetchall()
    latest = {row["target"]: (row["reading"]["newest"], row["seq"]) for row in rows() if row["outcome"] == "ok"}
    assert len(latest) == 5
    assert {row[3]: row[5:] for row in found} == latest
    assert {row[1:3] + row[4:5] for row in found} == {("某县", "动态", "news")}


def test_the_vector_example_says_that_it_was_not_run_and_names_the_segments() -> None:
    text = (EXAMPLES / "vector.toml").read_text(encoding="utf-8")
    assert "NOT RUN" in text
    (pattern,) = tomllib.loads(text)["sources"]["journal"]["include"]
    assert Path("/data/patrol/journal/observations-000001.jsonl").match(pattern)
    assert not Path("/data/patrol/journal/observations-000001.jsonl.zst").match(pattern)


def test_the_follower_is_short_enough_to_be_read() -> None:
    code = [
        row
        for row in (EXAMPLES / "follow.py").read_text().splitlines()
        if row.strip() and not re.match(r"\s*(#|import|from)", row)
    ]
    assert len(code) <= 50
