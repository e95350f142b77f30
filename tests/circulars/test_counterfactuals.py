"""Change one thing in a small city, and its circular changes by that and by nothing else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from province.scenarios import Rhythm
from tests.circulars.judging import evidence, figure, listed, verdict
from tests.circulars.printing import NotPrinted, Printed, make
from tests.circulars.scenario import Scenario, decided, found
from tests.circulars.town import BRIDGE, DEPARTMENT, LOOKED, SILENT, department, town

Print = Callable[[Scenario], Printed]
SITES, ACCOUNTS = "政府网站名单", "政务新媒体名单"


@pytest.fixture
def printed(tmp_path: Path) -> Print:
    return lambda scenario: make(scenario, tmp_path / "patrol", tmp_path / "out", (".json",))


def test_a_city_in_order_has_no_annexes_and_a_hundred_percent(printed: Print) -> None:
    made = printed(town())
    assert made.circular["annexes"] == []
    assert [figure(made, f"{kind}.pass_rate") for kind in ("sites", "accounts")] == [100, 100]


@pytest.mark.parametrize(("stopped", "problems"), [(4, []), (5, ["多个栏目更新不及时"])])
def test_five_late_columns_are_a_row_and_four_are_none(printed: Print, stopped: int, problems: list[str]) -> None:
    made = printed(town(department(stopped)))
    assert listed(made, SITES) == [["1", "市水利局", "澜州市水利局", problem] for problem in problems]


@pytest.mark.parametrize(("last", "failed"), [(date(2024, 8, 23), False), (date(2024, 8, 22), True)])
def test_the_fourteenth_day_is_in_time_and_the_fifteenth_is_late(printed: Print, last: date, failed: bool) -> None:
    made = printed(town(department(5, last)))
    assert (verdict(made, DEPARTMENT, "W4a").result == "fail") is failed


def test_a_silent_account_is_a_row_whoever_saw_it(printed: Print) -> None:
    made = printed(town(video=SILENT, weibo=SILENT))
    assert listed(made, ACCOUNTS) == [
        ["1", "市水利局", "澜州水利", "新浪微博", "监测时间点内2周未更新"],
        ["2", "市水利局", "澜州水利", "微信视频号", "监测时间点内2周未更新"],
    ]


def test_without_the_units_report_nothing_is_printed_and_the_account_is_named(printed: Print) -> None:
    with pytest.raises(NotPrinted, match=r"澜州水利 \(LZ00003\) is undetermined by N2"):
        printed(town(video=SILENT, reported=False))


def test_an_account_nobody_sees_is_what_the_office_decides(printed: Print) -> None:
    ruling = decided(("LZ00003", "N2", "不合格", "现场核实8月10日后无更新", "巡查组"))
    made = printed(town(video=SILENT, reported=False, office=(LOOKED, ruling)))
    assert [row[2:4] for row in listed(made, ACCOUNTS)] == [["澜州水利", "微信视频号"]]
    assert verdict(made, "LZ00003", "N2").decided_by == "manual"


def test_accounts_behind_a_bridge_that_is_well_are_judged_by_it(printed: Print) -> None:
    made = printed(town(bridge=BRIDGE))
    assert figure(made, "accounts.total") == 9
    assert made.circular["annexes"] == []
    assert {one.observed_by for one in evidence(made, verdict(made, "LZ10003", "N2"))} == {"bridge_feed"}


def test_a_bridge_that_has_died_accuses_nobody(printed: Print) -> None:
    """It answers every day, with what it knew four weeks ago: six accounts seem silent, and none is called so."""
    with pytest.raises(NotPrinted, match=r"6 subjects are undetermined") as refused:
        printed(town(bridge=replace(BRIDGE, stopped=date(2024, 8, 9))))
    assert "LZ10000" in str(refused.value)


def test_without_a_week_of_probes_availability_is_for_a_person(printed: Print) -> None:
    with pytest.raises(NotPrinted, match="2 subjects are undetermined"):
        printed(town(probes=False))


def test_a_site_that_is_down_for_two_hours_of_every_day_is_a_row(printed: Print) -> None:
    made = printed(town(department(down=(2, 4))))
    assert [row[-1] for row in listed(made, SITES)] == ["多次长时间无法访问"]


def test_a_site_that_is_down_one_night_an_hour_is_none(printed: Print) -> None:
    made = printed(town(department(down=(3, 4))))
    judged = verdict(made, DEPARTMENT, "W2")
    assert judged.numerator is not None
    assert judged.denominator is not None
    assert (judged.result == "fail") is (judged.numerator / judged.denominator >= 0.05)
    assert judged.numerator >= 5


def test_no_table_of_findings_means_that_nobody_has_looked(printed: Print) -> None:
    only = decided(("LZ00001", "N3", "合格", "菜单可用", "巡查组"))
    with pytest.raises(NotPrinted, match=r"澜州市水利局 \(9801000002\) is undetermined by W1, W5, W6"):
        printed(town(office=(only,)))


def test_what_a_person_found_stands_beside_what_was_seen(printed: Print) -> None:
    by_hand = found((DEPARTMENT, "未提供有效咨询建言渠道", "不合格", "2024-09-03", "巡查组"))
    made = printed(town(department(5), office=(by_hand,)))
    assert [row[-1] for row in listed(made, SITES)] == ["多个栏目更新不及时、未提供有效咨询建言渠道"]


def test_a_row_of_the_office_that_cannot_be_read_stops_the_run(printed: Print) -> None:
    with pytest.raises(NotPrinted, match="bad: "):
        printed(town(office=(LOOKED, decided(("LZ00003", "N2", "也许", "不清楚", "巡查组")))))


def test_an_earlier_t_is_judged_by_what_was_known_then(printed: Print) -> None:
    """Two patrols of one folder: the verdicts of the first T are those of a folder that was patrolled once."""
    later = town(weibo=SILENT)
    first = replace(later.now, T=later.now.T.replace(month=8, day=20))
    made = printed(replace(later, before=first))
    assert [verdict(made, "LZ00002", "N2", path).result for path in (made.previous, made.verdicts)] == ["pass", "fail"]
    assert verdict(printed(replace(later, now=first)), "LZ00002", "N2").result == "pass"


def test_what_was_mended_before_the_recheck_drops_out_and_the_rest_keeps_its_first_day(printed: Print) -> None:
    """A check a week before and the re-check: one account published in between, the other did not."""
    mended = Rhythm(3, date(2024, 9, 5), silent=(date(2024, 8, 1), date(2024, 9, 1)))
    later = town(video=SILENT, weibo=mended)
    first = replace(later.now, T=later.now.T.replace(month=8, day=30))
    made = printed(replace(later, before=first))
    assert [row[3] for row in listed(made, ACCOUNTS)] == ["微信视频号"]
    assert (verdict(made, "LZ00003", "N2").first_detected or "")[:10] == "2024-08-30"
    put_right = verdict(made, "LZ00002", "N2")
    assert (put_right.result, (put_right.mended or "")[:10]) == ("pass", "2024-09-06")
