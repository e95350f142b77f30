"""Days in seconds: the loop jumps, the clocks agree, the writer writes at once, and the week's probes are all there."""

import asyncio
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from crawler.records import BEIJING, instant_ms
from province.scenarios import Scene
from tests.circulars.campaign import LOOK_BEFORE, PER_DAY, Course, patrol
from tests.circulars.haste import SPEED, HastyClock, hasten
from tests.circulars.judging import observations
from tests.circulars.making import SUBSCRIPTION, Owner, account, site
from tests.circulars.printing import Printed
from tests.circulars.town import BRIDGE, T, town

BEGIN = datetime(2024, 8, 30, tzinfo=BEIJING)


def test_a_day_of_the_loop_takes_no_time_and_moves_both_clocks_alike() -> None:
    async def sleep() -> tuple[float, float]:
        clock = HastyClock(BEGIN)
        await asyncio.sleep(86_400 / SPEED)
        return clock.monotonic(), (clock.now() - BEGIN).total_seconds()

    begun = time.monotonic()
    monotonic, wall = hasten(sleep())
    assert monotonic == pytest.approx(86_400)
    assert wall == pytest.approx(86_400, abs=0.01)
    assert time.monotonic() - begun < 5


def test_what_is_ready_comes_before_the_next_jump() -> None:
    async def race() -> list[str]:
        done: list[str] = []
        asyncio.get_running_loop().call_later(1, done.append, "later")
        await asyncio.sleep(0)
        done.append("now")
        await asyncio.sleep(2)
        return done

    assert hasten(race()) == ["now", "later"]


def test_a_week_holds_every_probe_of_the_grid_spaced_and_before_t(tmp_path: Path) -> None:
    scene = town().now.scene
    made = patrol(scene, tmp_path, T)
    lines = [one for one in observations(Printed(town(), patrols=[made])) if one.kind == "probe"]
    by_day = Counter((one.target, (round(T.timestamp() * 1000) - instant_ms(one.at)) // 86_400_000) for one in lines)
    assert len(by_day) == 2 * 7
    assert min(by_day.values()) >= 20
    assert max(by_day.values()) <= PER_DAY + 2
    assert max(one.at for one in lines) < f"{T:%Y-%m-%dT%H:%M}"
    late = [instant_ms(one.at) - instant_ms(one.due) for one in lines]
    assert min(late) >= 0
    assert max(late) <= (SPEED + 60) * 1000


def test_every_other_target_is_looked_at_once_in_the_last_hours(tmp_path: Path) -> None:
    scene = town().now.scene
    made = patrol(scene, tmp_path, T)
    looks = [one for one in observations(Printed(town(), patrols=[made])) if one.kind in ("home", "column", "account")]
    targets = Counter((one.kind, one.target) for one in looks)
    assert set(targets.values()) == {1}
    assert len(targets) == 2 + sum(len(one.columns) for one in scene.sites) + 3
    assert min(one.at for one in looks) >= f"{T - LOOK_BEFORE:%Y-%m-%dT%H:%M}"


def test_accounts_behind_a_bridge_are_looked_at_every_day_of_the_week(tmp_path: Path) -> None:
    made = patrol(town(bridge=BRIDGE).now.scene, tmp_path, T)
    looks = [one for one in observations(Printed(town(), patrols=[made])) if one.observed_by == "bridge_feed"]
    assert Counter(one.target for one in looks) == {f"LZ1000{n}": 7 for n in range(6)}
    assert len({one.at[:10] for one in looks}) == 7


def test_a_second_patrol_of_the_folder_begins_its_daily_looks_a_week_before_its_t(tmp_path: Path) -> None:
    scene, again = town(bridge=BRIDGE).now.scene, T + timedelta(days=60)
    patrol(scene, tmp_path, T, again=again)
    made = patrol(scene, tmp_path, again)
    looks = [
        one for one in observations(Printed(town(), patrols=[made])) if one.target == "LZ10000" and one.at > f"{T:%Y-%m-%d}T23"
    ]
    assert [one.at[:10] for one in looks] == [f"{again - timedelta(days=back):%Y-%m-%d}" for back in range(6, -1, -1)]


def test_lines_and_requests_are_counted_as_they_stand_in_the_journal(tmp_path: Path) -> None:
    made = patrol(town().now.scene, tmp_path, T)
    lines = list(observations(Printed(town(), patrols=[made])))
    assert made.lines == Counter((one.kind, one.outcome) for one in lines)
    assert made.requests == sum(one.requests for one in lines)


def test_a_scene_whose_register_is_not_read_as_it_stands_is_refused(tmp_path: Path) -> None:
    owner = Owner("某局", "某局", "某市", "没有这一级")
    scene = Scene((site("9801000001", "某局", owner, "mou.test"),), (), (account("A1", "某号", owner, SUBSCRIPTION),))
    with pytest.raises(ValueError, match="级别"):
        patrol(scene, tmp_path, T)


def test_a_course_ends_before_t_and_goes_on_where_there_is_another() -> None:
    course, last = Course(T, T + timedelta(days=90)), Course(T, None)
    assert course.horizon_ms() == last.horizon_ms() < T.timestamp() * 1000
    look = course.first_due_ms("column", "x/1", 0)
    assert look < course.horizon_ms()
    assert course.first_due_ms("probe", "x/@home", 0) < 2 * 86_400_000 / PER_DAY
