"""`xunwang pace`: tables for a site's owner, JSON for a program, one sentence where there is nothing to tell."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from crawler.records import stamp
from scheduler.clock import SystemClock
from scheduler.commands import pace
from scheduler.errors import Refused
from tests.scheduler.test_requests_made import A, B, line, platform

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def journal(out: Path, *segments: Sequence[bytes]) -> Path:
    folder = out / "journal"
    folder.mkdir()
    for number, lines in enumerate(segments, 1):
        (folder / f"observations-{number:06d}.jsonl").write_bytes(b"".join(lines))
    return folder


def run(out: Path, *options: str) -> int:
    parser = argparse.ArgumentParser()
    pace.arguments(parser)
    return pace.run(parser.parse_args(["--out", str(out), *options]))


def test_the_tables_name_hosts_platforms_and_addresses_by_requests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal(tmp_path, [line(0, B), line(5), line(9, requests=3, **platform("云岭省集约化平台"))])
    assert run(tmp_path) == 0
    shown = capsys.readouterr().out
    assert shown.index("a.gov.cn") < shown.index("b.gov.cn")
    (row,) = (text.split() for text in shown.splitlines() if "a.gov.cn" in text)
    assert row == ["a.gov.cn", "4", "2", "4.0", "3.50", "0.250", "11.11%", "0", "0"]
    assert "云岭省集约化平台" in shown and "192.0.2.1" in shown


def test_columns_stand_below_each_other_with_chinese_names_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from rich.cells import cell_len

    journal(tmp_path, [line(0, **platform("云岭省集约化平台")), line(9, B, **platform("abc"))])
    run(tmp_path)
    shown = capsys.readouterr().out.splitlines()
    widths = {cell_len(text.rstrip()) for text in shown if "云岭省集约化平台" in text or text.strip().startswith("abc")}
    assert len(widths) == 1


def test_names_from_a_page_cannot_format_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal(tmp_path, [line(0, "http://[bold]x.cn\x1b[31m/", **platform("[red]p[/red]\x1b[2J"))])
    run(tmp_path)
    shown = capsys.readouterr().out
    assert "\x1b" not in shown and "[red]p[/red]" in shown


def test_json_is_one_object_with_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal(tmp_path, [line(0), line(5)])
    assert run(tmp_path, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["requests"], told["hosts"][0]["host"], told["hosts"][0]["least_gap_s"]) == (2, "a.gov.cn", 4.5)
    assert told["addresses"][0]["most_in_10s"] == 2


def test_segments_are_read_in_order_compressed_or_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = journal(tmp_path, [line(0)], [line(10)], [line(30)])
    for number in (1, 2):
        plain = folder / f"observations-{number:06d}.jsonl"
        plain.with_name(plain.name + ".zst").write_bytes(zstd.compress(plain.read_bytes()))
    (folder / "observations-000001.jsonl").unlink()
    run(tmp_path, "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["requests"], told["hosts"][0]["least_gap_s"]) == (3, 9.5)


def test_a_line_that_is_still_being_written_is_no_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal(tmp_path, [line(0), line(5)[:-20]])
    assert run(tmp_path, "--json") == 0
    assert json.loads(capsys.readouterr().out)["requests"] == 1


def test_days_are_counted_back_from_now(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = SystemClock().now_ms()
    journal(tmp_path, [line(at=stamp(now - 3 * 86_400_000)), line(at=stamp(now - 3_600_000))])
    run(tmp_path, "--json", "--days", "1")
    assert json.loads(capsys.readouterr().out)["requests"] == 1


def test_one_host_can_be_asked_for_in_any_writing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal(tmp_path, [line(0, A), line(5, B)])
    run(tmp_path, "--json", "--host", "B.gov.cn")
    assert [row["host"] for row in json.loads(capsys.readouterr().out)["hosts"]] == ["b.gov.cn"]


@pytest.mark.parametrize("options", [("--host", "c.gov.cn"), ("--days", "1")])
def test_where_nothing_was_asked_one_sentence_says_so(tmp_path: Path, options: tuple[str, ...]) -> None:
    journal(tmp_path, [line(at="2020-01-01T00:00:00.000+08:00")])
    with pytest.raises(Refused, match="no request"):
        run(tmp_path, *options)


def test_a_folder_without_a_journal_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="holds no journal"):
        run(tmp_path)


def test_a_line_that_is_no_observation_is_named(tmp_path: Path) -> None:
    journal(tmp_path, [line(0), b'{"seq": 2}\n'])
    with pytest.raises(Refused, match=r"observations-000001\.jsonl line 2 is no observation"):
        run(tmp_path)


def test_a_damaged_archive_is_named(tmp_path: Path) -> None:
    packed = journal(tmp_path) / "observations-000001.jsonl.zst"
    whole = zstd.compress(line(0) * 50)
    for damaged in (whole[: len(whole) // 2], b"no archive at all\n"):
        packed.write_bytes(damaged)
        with pytest.raises(Refused, match=r"observations-000001\.jsonl\.zst cannot be read"):
            run(tmp_path)
