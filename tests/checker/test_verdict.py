"""Verdict lines: what they carry, and what becomes of lines that are none."""

import json
from pathlib import Path

import pytest

from checker.verdict import BadLine, Coverage, Detail, Verdict, VerdictsUnreadable, decode, encode, read_verdicts

WHOLE = Verdict(
    subject="5100000001",
    kind="site",
    rule="W4a",
    rule_kind="single_veto",
    result="fail",
    numerator=5,
    denominator=20,
    window=("2024-08-19T00:00:00.000+08:00", "2024-09-02T12:00:00.000+08:00"),
    coverage=Coverage(18, 20),
    evidence=("a" * 32,),
    detail=(Detail(target="5100000001/c1", unit="示例局", month_items=2, overdue_days=5),),
    first_detected="2024-08-30T12:00:00.000+08:00",
    T="2024-09-02T12:00:00.000+08:00",
    rules="national-2019@1",
    register="sha256:ab",
    problem="columns_stale",
)


def test_a_line_has_every_field_of_the_contract() -> None:
    line = json.loads(encode(WHOLE))
    assert set(line) >= {
        *("v", "subject", "rule", "result", "numerator", "denominator", "window", "coverage", "evidence", "detail"),
        *("first_detected", "mended", "T", "rules", "register", "decided_by"),
    }
    assert line["coverage"] == {"seen": 18, "expected": 20}
    assert line["detail"][0]["overdue_days"] == 5
    assert encode(WHOLE).count(b"\n") == 1


def test_a_line_reads_back_as_it_was_and_unknown_fields_are_passed_over() -> None:
    assert decode(encode(WHOLE)) == WHOLE
    assert decode(json.dumps({**json.loads(encode(WHOLE)), "colour": "red"})) == WHOLE


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"result": "maybe"},
        {"kind": "page"},
        {"evidence": "x"},
        {"T": None},
        {"coverage": {"seen": "many"}},
        {"rule_kind": "?"},
    ],
)
def test_a_line_that_is_no_verdict_is_an_error_that_says_why(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        decode(json.dumps({**json.loads(encode(WHOLE)), **change}))


def test_a_file_is_read_to_its_end_with_bad_lines_in_their_places(tmp_path: Path) -> None:
    path = tmp_path / "v.jsonl"
    path.write_bytes(encode(WHOLE) + b"\n" + b"\xff\xfe\n" + encode(WHOLE)[:50] + b"\n" + encode(WHOLE))
    found = list(read_verdicts(path))
    assert [one.line if isinstance(one, BadLine) else one.subject for one in found] == ["5100000001", 3, 4, "5100000001"]
    assert str(found[1]).startswith("line 3: ")


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(VerdictsUnreadable, match="name a file that `xunwang check` wrote"):
        list(read_verdicts(tmp_path / "none.jsonl"))
