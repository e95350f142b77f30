"""A city's third quarter after its second: what was mended, what is new, two ways of rounding, late answers."""

import pytest

from tests.circulars import s4
from tests.circulars.judging import as_printed, evidence, failing, figure, rows, verdict, warnings
from tests.circulars.printing import Printed, make


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    folder = tmp_path_factory.mktemp("s4")
    return make(s4.scenario(), folder / "patrol", folder / "out")


def test_every_cell_and_figure_is_as_printed(made: Printed) -> None:
    as_printed(made)


def test_the_problems_of_june_were_seen_in_june_and_are_gone_in_september(made: Printed) -> None:
    for kind, count in (("site", 1), ("section", 5), ("account", 3)):
        then = failing(made, kind, made.previous)
        assert len(then) == count
        assert not then & failing(made, kind)
        plural = f"{kind}s"
        assert [figure(made, f"follow_up.{plural}.{name}") for name in ("found", "rectified")] == [count, count]


def test_a_section_of_june_rests_on_five_pages_without_news_since_may(made: Printed) -> None:
    seen = evidence(made, verdict(made, f"{s4.PORTAL}01", "W4a", made.previous))
    assert len(seen) == 5
    assert {(one.reading.newest or "")[:7] for one in seen} == {"2022-05"}


def test_both_registers_are_kept_and_each_verdict_names_its_own(made: Printed) -> None:
    now, then = verdict(made, s4.PORTAL, "W3"), verdict(made, s4.PORTAL, "W3", made.previous)
    assert now.register != then.register
    assert {path.stem for path in (made.patrols[0].folder / "register").glob("*.jsonl")} == {
        one.register.removeprefix("sha256:") for one in (now, then)
    }
    assert figure(made, "accounts.added") == s4.NEW


def test_late_answers_fail_the_one_site_that_gave_them(made: Printed) -> None:
    assert failing(made, "site") == {"5309240001"}
    judged = verdict(made, "5309240001", "W5")
    assert (judged.decided_by, judged.numerator) == ("manual", 2)


def test_one_group_row_stands_above_the_accounts_of_two_types(made: Printed) -> None:
    listed = rows(made, 1)
    assert set(listed[0]) == {"微信公众号"}
    assert [row[2] for row in listed[1:]] == ["云县教育体育局", "镇康司法行政", "世界佤乡秘境沧源", "沧源县人社局"]


def test_the_three_silent_accounts_are_told_of_by_a_bridge_that_was_well(made: Printed) -> None:
    seen = [one for code in ("LC00001", "LC00002", "LC00003") for one in evidence(made, verdict(made, code, "N2"))]
    assert {one.observed_by for one in seen} == {"bridge_feed"}
    assert [(one.reading.newest or "")[:10] for one in seen] == ["2022-08-03", "2022-07-26", "2022-08-19"]
    alive = [flag.evidence[:10] for one in seen for flag in one.flags if flag.name == "bridge_alive_until"]
    assert len(alive) == 3
    assert min(alive) >= "2022-09-28"


def test_an_account_nobody_reports_of_is_named_by_a_person_only(made: Printed) -> None:
    assert verdict(made, "LC00004", "N2").result == "undetermined"
    assert verdict(made, "LC00004", "other").decided_by == "manual"


@pytest.mark.parametrize(
    "said",
    [
        "同一通报内用了两种舍入方式（截尾：sites.pass_rate 8/9 = 88.88%；四舍五入：accounts.pass_rate 247/251 = 98.41%）",
        "监测数据采集截止日 2022年9月29日 早于“2022年三季度”结束",
        "称抽查，而检查比例是 100%",
    ],
)
def test_what_the_city_contradicts_is_warned_of(made: Printed, said: str) -> None:
    assert said in warnings(made)
