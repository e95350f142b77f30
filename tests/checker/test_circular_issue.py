"""The issue file: six independent times, rounding, words; every error at once."""

from pathlib import Path

import pytest

from checker.circular import TomlUnreadable, read_issue
from checker.circular.rates import Rounding
from checker.circular.times import chinese
from tests.checker.circulars import toml

WHOLE = """
title = "澜州市通报"
number = "澜政办〔2031〕7号"
issuer = "澜州市人民政府办公室"
period = "2031年第二季度"
T = 2031-06-20T12:00:00+08:00
recheck = 2031-06-25
checked_on = 2031-06-21
issued = 2031-06-28
rectify_by = 2031-07-10

[window]
from = 2031-04-01
to = 2031-06-19

[rounding.default]
decimals = 2

[rounding."sites.pass_rate"]
mode = "truncate"

[words]
account_stale = "两周没有更新"

[order]
regions = ["云溪县", "石桥区"]

[paragraphs]
requirements = ["请认真整改。"]

[[deadlines]]
what = "公布自查情况"
by = 2031-09-01

[annexes.sites]
title = "网站名单"
"""


def errors_of(path: Path) -> list[str]:
    with pytest.raises(TomlUnreadable) as caught:
        read_issue(path)
    return caught.value.errors


def test_an_issue_has_six_times_that_do_not_depend_on_each_other(tmp_path: Path) -> None:
    issue = read_issue(toml(tmp_path, WHOLE))
    assert issue.window is not None
    times = (issue.T, issue.recheck, issue.issued, issue.rectify_by, issue.window.first, issue.window.last)
    assert [chinese(time) for time in times if time] == [
        "2031年6月20日12：00",
        "2031年6月25日",
        "2031年6月28日",
        "2031年7月10日",
        "2031年4月1日",
        "2031年6月19日",
    ]


def test_rounding_words_order_and_annexes_are_read(tmp_path: Path) -> None:
    issue = read_issue(toml(tmp_path, WHOLE))
    assert issue.rounding == {"default": Rounding("half_up", 2), "sites.pass_rate": Rounding("truncate", 1)}
    assert issue.words == {"account_stale": "两周没有更新"}
    assert issue.order.regions == ("云溪县", "石桥区")
    assert issue.annexes["sites"].title == "网站名单"
    assert issue.annexes["sites"].notes_above is None
    assert issue.deadlines[0].what == "公布自查情况"


def test_title_and_period_are_enough(tmp_path: Path) -> None:
    issue = read_issue(toml(tmp_path, 'title = "甲"\nperiod = "2031年6月"\n'))
    assert issue.issued is None
    assert issue.window is None


def test_every_error_is_told_at_once_with_its_key_and_what_to_write(tmp_path: Path) -> None:
    errors = errors_of(
        toml(
            tmp_path,
            """
issuer = 3
issued = "九月六日"
rectify_by = 20310710
colour = "red"
examples = "many"
[rounding.default]
mode = "up"
decimals = 2
[window]
from = 2031-04-01
[[deadlines]]
what = "x"
""",
        )
    )
    told = "\n".join(errors)
    for key in (
        "title: missing",
        "period: missing",
        "issuer: 3",
        "issued: '九月六日'",
        "rectify_by: 20310710",
        "colour: unknown key",
    ):
        assert key in told
    assert "examples: 'many' does not fit, write a whole number" in told
    assert "rounding.default.mode: 'up' does not fit, write one of half_up, truncate" in told
    assert "window.to: missing, write a day as 2024-09-06" in told
    assert "deadlines[1].by: missing" in told
    assert len(errors) == 10


def test_more_than_two_decimals_a_backward_window_and_an_early_deadline_are_refused(tmp_path: Path) -> None:
    errors = errors_of(
        toml(
            tmp_path,
            """
title = "甲"
period = "乙"
issued = 2031-06-28
rectify_by = 2031-06-27
[window]
from = 2031-06-02
to = 2031-06-01
[rounding."sites.pass_rate"]
decimals = 3
""",
        )
    )
    assert [error.split(":")[0] for error in errors] == ['rounding."sites.pass_rate".decimals', "window.to", "rectify_by"]


def test_rectification_may_be_due_on_the_day_of_issue(tmp_path: Path) -> None:
    path = toml(tmp_path, 'title = "甲"\nperiod = "乙"\nissued = 2031-06-28\nrectify_by = 2031-06-28\n')
    assert read_issue(path).rectify_by == read_issue(path).issued


def test_a_window_of_one_day_is_a_window(tmp_path: Path) -> None:
    path = toml(tmp_path, 'title = "甲"\nperiod = "乙"\n[window]\nfrom = 2031-06-02T10:00:00\nto = 2031-06-02\n')
    assert read_issue(path).window is not None


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"title = ", "no TOML"), (b'title = "\xd6\xd0"', "save it as UTF-8"), (None, "cannot be read")],
)
def test_a_file_that_is_no_toml_says_so(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "issue.toml"
    if content is not None:
        path.write_bytes(content)
    assert said in errors_of(path)[0]


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "issue.toml"
    path.write_bytes('\ufefftitle = "甲"\nperiod = "乙"\n'.encode())
    assert read_issue(path).title == "甲"


@pytest.mark.parametrize("city", ["yibin", "sichuan", "gaoxian", "yichun", "lincang"])
def test_the_issues_at_hand_can_be_read(city: str) -> None:
    assert read_issue(Path(__file__).parent / "issues" / f"{city}.toml").issued is not None
