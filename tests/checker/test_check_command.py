"""`xunwang check` as it is run: lines, summary, exit codes, and journals and tables in every condition."""

import argparse
import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.verdict import Verdict, decode
from register import load
from scheduler.commands import check
from scheduler.errors import Refused
from tests.checker.journals import SITE, Journal, column, day_before, home

REGISTER = "网站标识码,网站名称,主办单位,地区,级别,首页网址\n5100000001,示例网,示例局,示例县,县级门户,http://www.example.cn/\n"
COLUMNS = "网站标识码,栏目编号,栏目名称,栏目网址,栏目类别,一级栏目\n" + "".join(
    f"{SITE},c{number},栏目{number},http://www.example.cn/c{number}/,动态,是\n" for number in range(8)
)
NOBODY_FOUND = "主体标识码,指标,存在的突出问题,发现日期\n"
DECIDED = f"主体标识码,指标,认定结果,原因,认定人\n{SITE},W2,合格,第三方监测正常,张三\n"

Run = Callable[..., int]


@pytest.fixture
def run() -> Run:
    def run_(*arguments: object) -> int:
        parser = argparse.ArgumentParser()
        check.arguments(parser)
        return check.run(parser.parse_args([str(one) for one in arguments]))

    return run_


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A folder with a register, a journal of one site with eight columns that are up to date, and an office's tables."""
    (tmp_path / "list").mkdir()
    (tmp_path / "list" / "sites.csv").write_text(REGISTER, "utf-8")
    (tmp_path / "list" / "columns.csv").write_text(COLUMNS, "utf-8")
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "人工发现.csv").write_text(NOBODY_FOUND, "utf-8")
    (tmp_path / "tables" / "认定.csv").write_text(DECIDED, "utf-8")
    looks(2).write(tmp_path)
    return tmp_path


def looks(days: int, late: int = 8, when: str = "09-02 09:00") -> Journal:
    """One look at the home page and eight columns, `late` of which are so many days old."""
    journal = Journal()
    journal.look(when, home(), day_before(3))
    for number in range(8):
        journal.look(when, column(number), day_before(days if number < late else 1))
    return journal


def lines(path: Path) -> dict[str, Verdict]:
    return {one.rule: one for one in map(decode, path.read_bytes().splitlines())}


def judged(run: Run, office: Path, *more: object) -> tuple[int, dict[str, Verdict]]:
    out = office / "verdicts.jsonl"
    arguments = (office, "--register", office / "list", "--at", "2024-09-02T12:00", "--inputs", office / "tables", "--out", out)
    code = run(*arguments, *more)
    return code, lines(out)


def test_a_site_without_a_fault_passes_and_the_exit_code_is_0(run: Run, office: Path) -> None:
    code, found = judged(run, office)
    assert {one.result for one in found.values()} == {"pass"}
    assert code == 0


def test_a_finding_makes_the_exit_code_1(run: Run, office: Path) -> None:
    looks(30, late=6).write(office)
    code, found = judged(run, office)
    assert (code, found["W4a"].result) == (1, "fail")
    assert found["W4a"].detail[0].target == f"{SITE}/c0"


def test_verdicts_go_to_stdout_as_lines_and_the_summary_to_stderr(
    run: Run, office: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(office, "--register", office / "list", "--at", "2024-09-02T12:00") == 1
    printed = capfd.readouterr()
    assert all(json.loads(line)["v"] == 1 for line in printed.out.splitlines())
    assert "undetermined" in printed.err
    assert "hand in the table of manual findings" in printed.err


def test_the_same_t_gives_the_same_bytes_however_far_the_journal_has_gone_on(run: Run, office: Path) -> None:
    judged(run, office)
    before = (office / "verdicts.jsonl").read_bytes()
    later = looks(90, when="09-20 09:00")
    for line in later.lines:
        line["seq"] += 100
    later.write(office, 2)
    judged(run, office)
    assert (office / "verdicts.jsonl").read_bytes() == before


def test_the_register_of_its_day_is_found_beside_the_journal(run: Run, office: Path) -> None:
    kept = load(office / "list", office / "register")
    journal = looks(2)
    for line in journal.lines:
        line["register"] = kept.digest
    journal.write(office)
    out = office / "v.jsonl"
    run(office / "journal", "--at", "2024-09-02T12:00", "--out", out)
    assert {one.register for one in lines(out).values()} == {kept.digest}


def test_two_registers_that_disagree_are_named(run: Run, office: Path, capfd: pytest.CaptureFixture[str]) -> None:
    journal = looks(2)
    journal.look("09-02 09:30", column(99), day_before(1))
    journal.write(office)
    judged(run, office)
    said = capfd.readouterr().err
    assert "other lines were written under sha256:ababab" in said
    assert f"1 targets of the journal are not in the register, such as {SITE}/c99" in said


def test_t_before_the_first_observation_is_said_and_leaves_everything_open(
    run: Run, office: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = office / "v.jsonl"
    assert run(office, "--register", office / "list", "--at", "2024-08-01", "--out", out) == 1
    assert "T lies before the first observation" in capfd.readouterr().err
    assert {one.result for rule, one in lines(out).items() if rule in ("W2", "W3", "W4a", "W4c")} == {"undetermined"}


def test_cut_lines_and_unknown_versions_make_the_exit_code_1_and_are_named(
    run: Run, office: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = looks(2).write(office)
    path.write_bytes(path.read_bytes() + b'{"v":3}\n' + b'{"v":1,"id":')
    code, found = judged(run, office)
    said = capfd.readouterr().err
    assert code == 1
    assert {one.result for one in found.values()} == {"pass"}
    assert "1 lines are cut" in said
    assert "1 lines have a version that is not known here, the first at observations-000001.jsonl line 10" in said


def test_a_missing_segment_is_named(run: Run, office: Path, capfd: pytest.CaptureFixture[str]) -> None:
    looks(2, when="09-02 10:00").write(office, 4)
    judged(run, office)
    assert "segments are missing: 2, 3" in capfd.readouterr().err


def test_a_bad_row_of_the_offices_tables_is_shown_and_makes_the_exit_code_1(
    run: Run, office: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (office / "tables" / "人工发现.csv").write_text(NOBODY_FOUND + f"{SITE},W1,错敏信息,soon\n", "utf-8")
    code, _ = judged(run, office)
    assert code == 1
    assert "人工发现.csv line 2: 发现日期" in capfd.readouterr().err


def test_what_was_mended_since_the_previous_verdicts_drops_out(
    run: Run, office: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    looks(30, late=6, when="09-01 09:00").write(office)
    first = office / "first.jsonl"
    arguments = ("--register", office / "list", "--inputs", office / "tables")
    assert run(office, *arguments, "--at", "2024-09-01T12:00", "--out", first) == 1
    second = looks(1)
    for line in second.lines:
        line["seq"] += 100
    second.write(office, 2)
    code, found = judged(run, office, "--previous", first)
    assert (code, found["W4a"].result) == (0, "pass")
    assert "sites that failed before: 1: 1 put right, 0 not" in capfd.readouterr().err
    assert (found["W4a"].first_detected, found["W4a"].mended) == (
        "2024-09-01T12:00:00.000+08:00",
        "2024-09-02T12:00:00.000+08:00",
    )


def test_a_bad_line_of_earlier_verdicts_is_named_and_the_others_hold(
    run: Run, office: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    previous = office / "previous.jsonl"
    previous.write_bytes(b"{}\n")
    code, _ = judged(run, office, "--previous", previous)
    assert code == 1
    assert "previous.jsonl line 1" in capfd.readouterr().err


def test_verdicts_of_t_itself_or_later_are_no_earlier_verdicts(
    run: Run, office: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    judged(run, office)
    same = office / "same.jsonl"
    same.write_bytes((office / "verdicts.jsonl").read_bytes())
    judged(run, office, "--previous", same)
    assert "same.jsonl judges T or a later time" in capfd.readouterr().err


def test_a_finding_of_the_future_is_no_first_detection(run: Run, office: Path) -> None:
    looks(30, late=6).write(office)
    arguments = (office, "--register", office / "list")
    future = office / "future.jsonl"
    run(*arguments, "--at", "2024-09-03T12:00", "--out", future)
    _, found = judged(run, office, "--previous", future)
    assert found["W4a"].first_detected == "2024-09-02T12:00:00.000+08:00"


def test_earlier_verdicts_may_be_named_in_any_order(run: Run, office: Path) -> None:
    looks(30, late=6, when="08-31 09:00").write(office)
    files = []
    for day in ("08-31", "09-01"):
        files.append(office / f"{day}.jsonl")
        run(office, "--register", office / "list", "--at", f"2024-{day}T12:00", "--out", files[-1])
    second = looks(30, late=6)
    for line in second.lines:
        line["seq"] += 100
    second.write(office, 2)
    _, found = judged(run, office, "--previous", files[1], "--previous", files[0])
    assert found["W4a"].first_detected == "2024-09-01T12:00:00.000+08:00"
    assert (found["repeat"].result, found["repeat"].numerator) == ("fail", 3)


def test_what_a_person_must_decide_is_a_table_that_decides_it_when_it_comes_back(run: Run, office: Path) -> None:
    (office / "tables" / "认定.csv").unlink()
    looks(20, when="08-29 09:00").write(office)  # too long ago: a note is undetermined too, and nobody's to decide
    _, found = judged(run, office, "--review", office / "old.csv")
    asked = {line.split(",")[1] for line in (office / "old.csv").read_text("utf-8-sig").splitlines()[1:]}
    assert found["columns"].result == "undetermined"
    assert asked == {rule for rule, one in found.items() if one.result == "undetermined"} - {"columns"}
    looks(2).write(office)
    review = office / "tables" / "待认定.csv"
    code, found = judged(run, office, "--review", review)
    assert (code, found["W2"].result) == (1, "undetermined")
    text = review.read_text("utf-8-sig")
    assert text.splitlines()[1].startswith(f"{SITE},W2,,,,示例网,示例局,http://www.example.cn/,")
    assert judged(run, office)[1]["W2"].result == "undetermined"
    review.write_text(text.replace(f"{SITE},W2,,,", f"{SITE},W2,合格,第三方监测正常,张三"), "utf-8")
    code, found = judged(run, office)
    assert (code, found["W2"].result, found["W2"].decided_by) == (0, "pass", "manual")


def test_a_name_that_a_spreadsheet_would_run_is_neutralised_in_the_table(run: Run, office: Path) -> None:
    (office / "list" / "sites.csv").write_text(REGISTER.replace("示例网", "=HYPERLINK(A1)"), "utf-8")
    (office / "tables" / "认定.csv").unlink()
    judged(run, office, "--review", office / "review.csv")
    with (office / "review.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert "'=HYPERLINK(A1)" in cells
    assert not [cell for cell in cells if cell.startswith("=")]


def test_what_the_journal_says_cannot_move_the_cursor_of_the_terminal(
    run: Run, office: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    journal = looks(2)
    journal.look("09-02 09:30", f"{SITE}/\x1b[2J\u202e", day_before(1))
    journal.write(office)
    judged(run, office)
    assert "\x1b" not in capfd.readouterr().err


def test_the_textfile_counts_by_rule_result_and_region(run: Run, office: Path) -> None:
    judged(run, office, "--metrics", office / "check.prom")
    text = (office / "check.prom").read_text("utf-8")
    assert 'xunwang_verdicts{rule="W4a",result="pass",region="示例县"} 1' in text
    assert "xunwang_check_timestamp_seconds 1725249600.000" in text


def test_the_month_may_be_named(run: Run, office: Path) -> None:
    journal = looks(2)
    journal.look("09-02 09:10", column(0), "2024-08-20", first=True, new=(("甲", "2024-08-20"), ("乙", "2024-07-20")))
    journal.write(office)
    assert judged(run, office, "--month", "2024-07")[1]["items"].numerator == 1
    assert judged(run, office)[1]["items"].numerator == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere", "--at", "now"), "does not exist"),
        ((".", "--at", "tomorrow"), "is no time: write 2024-09-02T12:00"),
        ((".", "--at", "now", "--rules", "sichaun"), "write sichuan if that is meant"),
        ((".", "--at", "now", "--month", "2024-13"), "is no month"),
        ((".", "--at", "now", "--register", "nowhere"), "does not exist"),
        ((".", "--at", "now", "--inputs", "nowhere"), "does not exist"),
        ((".", "--at", "now", "--previous", "nowhere"), "cannot be read"),
        ((".", "--at", "now", "--out", "no/such/folder/v.jsonl"), "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_sentence(
    run: Run, office: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(office)
    with pytest.raises(Refused, match=said):
        run(*arguments)


def test_a_check_that_is_refused_leaves_no_half_file(run: Run, office: Path) -> None:
    out = office / "v.jsonl"
    with pytest.raises(Refused):
        run(office, "--at", "now", "--register", office / "nowhere", "--out", out)
    assert sorted(path.name for path in office.iterdir()) == ["journal", "list", "tables"]
