"""Rule files: what ships, what inherits, and every error of a bad file at once."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.moments import Span
from checker.rules import MEASURES, RuleSet, RulesUnreadable, Threshold, built_in, load_rules
from checker.rules.forms import threshold
from checker.rules.lines import key_lines, line_of


def errors_of(path: Path, text: str) -> list[tuple[int, str]]:
    """(line, key) of every error of a rule file."""
    path.write_text(text, "utf-8")
    with pytest.raises(RulesUnreadable) as caught:
        load_rules(path)
    return [(error.line, error.key) for error in caught.value.errors]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ours.toml"


HEAD = 'name = "ours"\nversion = 1\ntitle = "本市"\nsource = "公函"\n'


@pytest.mark.parametrize("name", built_in())
def test_every_built_in_set_can_be_loaded_and_names_a_source_for_each_rule(name: str) -> None:
    rules = load_rules(name)
    assert rules.name == name
    assert all(rule.source and rule.title and rule.measure in MEASURES for rule in rules.rules)


def test_the_national_set_has_the_numbers_of_the_indicators() -> None:
    rules = load_rules("national-2019")
    limits = {name: str(rule.threshold) for name in ("W2", "W4a", "W4b", "W4c") if (rule := rules.rule(name))}
    assert limits == {"W2": ">= 5 %", "W4a": ">= 5", "W4b": ">= 10", "W4c": ">= 5"}
    assert {key: str(span) for key, span in rules.periods.items()} == {
        "news": "14 days",
        "notice": "6 months",
        "policy": "6 months",
        "personnel": "1 year",
        "plan": "1 year",
        "account": "14 days",
    }


def test_every_veto_of_the_indicators_is_there_and_fails_its_subject() -> None:
    vetoes = {rule.id for rule in load_rules("national-2019").rules if rule.kind == "single_veto"}
    assert vetoes >= {"W1", "W2", "W3", "W4a", "W4b", "W4c", "W5", "W6", "N1", "N2", "N3"}


def test_recalled_numbers_are_no_default() -> None:
    rules = load_rules("national-2019")
    assert not rules.platforms  # six months for apps is only recalled
    assert rules.undated == "history"  # that undated pages are silent was written in 2015


def test_the_county_counts_more_than_five_blank_columns_and_one_late_one() -> None:
    rules = load_rules("gaoxian-monthly")
    blank, late = rules.rule("W4c"), rules.rule("W4a")
    assert blank and late and blank.threshold and late.threshold
    assert (blank.threshold.reached(5), blank.threshold.reached(6)) == (False, True)
    assert late.threshold.reached(1)
    assert rules.month_items == "before_T"
    assert rules.rule("W2") == load_rules("national-2019").rule("W2")


def test_a_set_may_inherit_from_a_file_beside_it_and_drop_rules(tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_text(
        HEAD.replace("ours", "city") + 'inherits = "national-2019"\n[periods]\nnews = "7 days"\n', "utf-8"
    )
    path = tmp_path / "county.toml"
    path.write_text(HEAD + 'inherits = "city.toml"\ndrop = ["W2"]\n[rules.W4c]\nthreshold = "> 3"\n', "utf-8")
    rules = load_rules(path)
    assert rules.label == "ours@1"
    assert rules.periods["news"] == Span(7, "days")
    assert rules.rule("W2") is None
    assert rules.rule("W4c") and str(rules.rule("W4c").threshold) == "> 3"  # type: ignore[union-attr]


def test_periods_hold_by_platform_and_by_place(file: Path) -> None:
    file.write_text(
        HEAD
        + 'inherits = "national-2019"\n[periods.platforms]\n"移动客户端" = "2 months"\n'
        + '[[local]]\nregion = "甲县"\nlevel = "乡镇"\nnews = "1 month"\n',
        "utf-8",
    )
    rules: RuleSet = load_rules(file)
    assert rules.platforms["移动客户端"] == Span(2, "months")
    assert rules.locals[0].holds("甲县", "乡镇", None, "x")
    assert not rules.locals[0].holds("甲县", "县级门户", None, "x")


def test_every_error_of_a_file_is_told_at_once_with_its_line(file: Path) -> None:
    text = """name = 3
verson = 1
inherits = "national-2019"
[looks]
coverage = 2
[rules.W2]
threshold = "about 5"
counts = [
  "timeout", "nope"]
[rules.W4a]
categories = ["sport"]
window = "a fortnight"
blank = "yes"
"""
    assert errors_of(file, text) == [
        (1, "name"),
        (1, "version"),
        (1, "title"),
        (1, "source"),
        (2, "verson"),
        (5, "looks.coverage"),
        (7, "rules.W2.threshold"),
        (8, "rules.W2.counts"),
        (11, "rules.W4a.categories"),
        (12, "rules.W4a.window"),
        (13, "rules.W4a.blank"),
    ]


def test_an_unknown_key_is_told_what_was_probably_meant(file: Path) -> None:
    file.write_text(HEAD + 'inherits = "national-2019"\n[rules.W2]\ntreshold = ">= 5 %"\n', "utf-8")
    with pytest.raises(RulesUnreadable, match=r"line 7: rules\.W2\.treshold: no such key: write threshold"):
        load_rules(file)


def test_a_rule_of_ones_own_is_told_what_it_lacks(file: Path) -> None:
    found = errors_of(file, HEAD + 'inherits = "national-2019"\n[rules.X]\nmeasure = "stale_columns"\n')
    assert found == [(6, f"rules.X.{key}") for key in ("title", "kind", "subjects", "source", "threshold")]


def test_a_rule_may_not_leave_columns_to_a_rule_that_is_not_there(file: Path) -> None:
    assert errors_of(file, HEAD + 'inherits = "national-2019"\n[rules.W4b]\nnot_counted_by = ["W9"]\n') == [
        (7, "rules.W4b.not_counted_by")
    ]


def test_a_file_that_inherits_nothing_is_told_what_it_lacks(file: Path) -> None:
    keys = {key for _, key in errors_of(file, HEAD)}
    assert {"calendar.months", "looks.coverage", "rules"} <= keys


def test_broken_toml_is_told_by_its_line(file: Path) -> None:
    assert errors_of(file, HEAD + "[rules.W2\n") == [(5, "")]


def test_a_circle_of_files_is_told_and_ends(file: Path) -> None:
    assert errors_of(file, HEAD + 'inherits = "ours.toml"\n') == [(5, "inherits")]


def test_a_file_that_is_not_text_is_refused(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00name")
    with pytest.raises(RulesUnreadable, match="is not UTF-8"):
        load_rules(file)


def test_a_misspelt_set_is_told_the_name_that_was_meant() -> None:
    with pytest.raises(RulesUnreadable, match="write sichuan if that is meant"):
        load_rules("sichaun")


@pytest.mark.parametrize(
    "text", ["rules = 3", "[rules]\nW2 = 1", "local = 7", "periods = []", "[periods]\nplatforms = 1", "[[rules]]"]
)
def test_tables_of_the_wrong_shape_are_errors_and_not_crashes(file: Path, text: str) -> None:
    assert errors_of(file, HEAD + 'inherits = "national-2019"\n' + text + "\n")


def test_seven_of_140_are_five_percent_and_six_are_not() -> None:
    share = threshold(">= 5 %")
    assert (share.reached(7, 140), share.reached(6, 140), share.reached(0, 0)) == (True, False, False)


@pytest.mark.parametrize("value", ["5", "= 5", ">= five", "<= 5", 5, None, ">= -1", "≥"])
def test_a_threshold_needs_an_operator_and_a_number(value: object) -> None:
    with pytest.raises(ValueError, match="write an operator"):
        threshold(value)


@given(st.integers(0, 500), st.integers(1, 500), st.integers(0, 100))
def test_a_share_is_compared_exactly(numerator: int, denominator: int, percent: int) -> None:
    reached = Threshold(">=", percent, percent=True).reached(numerator, denominator)
    assert reached == (numerator * 100 >= percent * denominator)
    assert Threshold(">", percent, percent=True).reached(numerator, denominator) == (numerator * 100 > percent * denominator)


def test_lines_are_found_of_dotted_quoted_and_repeated_tables() -> None:
    lines = key_lines('a = 1\n["b c"]\nd.e = [\n  1,\n  2]\nf = "]"\n[[g]]\nh = 1\n[[g]]\nh = 2 # ]\n')
    assert lines == {
        ("a",): 1,
        ("b c",): 2,
        ("b c", "d", "e"): 3,
        ("b c", "f"): 6,
        ("g", 0): 7,
        ("g", 0, "h"): 8,
        ("g", 1): 9,
        ("g", 1, "h"): 10,
    }
    assert line_of(lines, ("b c", "nothing")) == 2
    assert line_of(lines, ("x",)) == 1
