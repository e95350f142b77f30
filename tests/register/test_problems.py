"""Findings as text, and the bound on how many are kept."""

from register.problems import LIMIT, Problem, Problems


def test_a_finding_is_one_line_with_place_field_value_reason_and_mend() -> None:
    problem = Problem("名录.xlsx", "网站", 12, "级别", "县级", "no level that is known here", "write 县级门户", "bad")
    assert str(problem) == 'bad: 名录.xlsx [网站] line 12: 级别 "县级": no level that is known here; write 县级门户'


def test_a_finding_about_a_whole_file_needs_no_line_field_or_mend() -> None:
    assert str(Problem("a.docx", None, 0, "", "", "not read", "", "note")) == "note: a.docx: not read"


def test_values_are_shortened_and_harmless_on_a_terminal() -> None:
    problems = Problems()
    problems.add(("a.csv", None, 2), "栏目网址", "\x1b[2Jhttp://\n" + "a" * 500, "bad", "why")
    assert len(problems.kept[0].value) == 80
    assert str(problems.kept[0]).isprintable()


def test_a_file_name_with_control_characters_is_harmless() -> None:
    assert str(Problem("a\x1b[2J\n.csv", None, 1, "", "", "why", "", "note")).isprintable()


def test_each_severity_keeps_its_own_first_findings() -> None:
    problems = Problems()
    for _ in range(LIMIT + 5):
        problems.add(("a.csv", None, 1), "", "", "mended", "why")
    problems.add(("a.csv", None, 1), "", "", "bad", "why")
    assert problems.totals == {"bad": 1, "mended": LIMIT + 5, "note": 0}
    assert len(problems.kept) == LIMIT + 1


def test_what_would_repeat_itself_is_told_apart() -> None:
    problems = Problems()
    assert [problems.first("a", 1), problems.first("a", 1), problems.first("a", 2)] == [True, False, True]
