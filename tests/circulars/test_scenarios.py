"""Scenes: what was published up to a moment, pages that a reader understands, tables that a register accepts."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch import Answer, Ask, Fetcher, FetchSettings
from crawler.records import BEIJING
from province.scenarios import NEVER, Diary, Rhythm, Scene, Section, Site, Stage, write_register, write_reports
from register import load
from tests.circulars import s0, s2, s3
from tests.circulars.making import CHANNELS, WEIBO, Owner, account, until
from tests.circulars.town import DEPARTMENT, SILENT, T, department, town

DAYS = st.dates(date(2019, 1, 1), date(2030, 1, 1))


@given(DAYS, DAYS, st.integers(1, 120), st.integers(1, 30))
def test_a_rhythm_shows_nothing_of_the_future_and_keeps_its_steps(anchor: date, day: date, gap: int, most: int) -> None:
    shown = Rhythm(gap, anchor).up_to(day, most)
    assert len(shown) == most
    assert 0 <= (day - shown[0]).days < gap
    assert {(one - other).days for one, other in pairwise(shown)} <= {gap}
    assert (anchor - shown[0]).days % gap == 0


@given(DAYS, DAYS, st.integers(1, 30))
def test_a_rhythm_that_ended_was_last_heard_of_on_its_last_day(last: date, day: date, gap: int) -> None:
    newest = until(last, gap).up_to(day, 1)[0]
    assert newest == last if day >= last else newest <= day


def test_a_silence_is_over_when_its_last_day_is() -> None:
    rhythm = Rhythm(2, date(2022, 1, 1), silent=(date(2022, 5, 20), date(2022, 7, 8)))
    assert rhythm.up_to(date(2022, 6, 30), 1) == [date(2022, 5, 19)]
    assert rhythm.up_to(date(2022, 7, 10), 2) == [date(2022, 7, 10), date(2022, 5, 19)]


def test_a_diary_shows_its_items_newest_first_and_never_more_than_asked_for() -> None:
    diary = Diary((date(2024, 8, 1), date(2024, 8, 9), date(2024, 8, 9), date(2024, 9, 1)))
    assert diary.up_to(date(2024, 8, 31), 2) == [date(2024, 8, 9), date(2024, 8, 9)]
    assert NEVER.up_to(date(2024, 8, 31), 5) == []


@pytest.mark.parametrize(("last", "items"), [(date(2024, 8, 31), 20), (date(2024, 8, 5), 4), (date(2024, 8, 17), 1)])
def test_a_month_dealt_out_has_all_its_items_in_the_month(last: date, items: int) -> None:
    days = s2.august(items, last).days
    assert sum(day.month == 8 for day in days) == items
    assert max(days) == last
    assert min(days) < date(2024, 8, 1)


@pytest.mark.parametrize(("total", "parts"), [(548, 60), (7, 9), (12, 12)])
def test_shares_add_up_and_differ_by_one_at_most(total: int, parts: int) -> None:
    shares = s2.shares(total, parts)
    assert (sum(shares), len(shares)) == (total, parts)
    assert max(shares) - min(shares) <= 1


@pytest.mark.parametrize("scene", [s0.scenario().now.scene, s2.scenario().now.scene, s3.scenario().now.scene])
def test_the_register_of_a_scene_is_accepted_as_it_stands(scene: Scene, tmp_path: Path) -> None:
    write_register(scene, tmp_path / "tables")
    register = load(tmp_path / "tables", tmp_path)
    assert not register.totals.get("bad")
    assert not register.totals.get("mended")
    assert register.subjects.get("site", 0) == len(scene.sites)
    assert register.subjects.get("section", 0) == len(scene.sections)
    assert register.subjects["account"] == len(scene.accounts)
    owners: list[Site | Section] = [*scene.sites, *scene.sections]
    assert register.targets["column"] == sum(len(one.columns) for one in owners)


def test_a_report_tells_what_was_published_by_the_day_it_is_made(tmp_path: Path) -> None:
    owner = Owner("某局", "某局", "某市", "市级部门")
    told = account("A1", "某号", owner, CHANNELS, until(date(2024, 8, 10), 5))
    scene = Scene(accounts=(told, account("A2", "他号", owner, WEIBO)))
    assert write_reports(scene, datetime(2024, 8, 4, 9, tzinfo=BEIJING), tmp_path / "r.csv") == 1
    assert "A1,某号,2024-07-31,,某局,2024-08-04 09:00" in (tmp_path / "r.csv").read_text(encoding="utf-8-sig")
    assert write_reports(Scene(), datetime(2024, 8, 4, tzinfo=BEIJING), tmp_path / "none.csv") == 0
    assert not (tmp_path / "none.csv").exists()


async def asked(scene: Scene, moment: datetime, urls: list[str], folder: Path) -> list[Answer]:
    stage = Stage(scene, lambda: moment)
    await stage.start()
    stage.certificates.write(folder / "ca.pem")
    fetcher = Fetcher(FetchSettings(allow=("127.0.0.0/8",), hosts=stage.hosts(), ca=str(folder / "ca.pem")))
    await fetcher.open()
    try:
        return [await fetcher.fetch(Ask(url, deadline_s=5.0)) for url in urls]
    finally:
        await fetcher.close()
        await stage.close()
        await asyncio.sleep(0)


async def test_pages_show_the_day_that_the_clock_says(tmp_path: Path) -> None:
    scene = town(department(1, date(2024, 8, 1))).now.scene
    column = f"http://{scene.sites[1].host}{scene.sites[1].columns[0].target}"
    for moment, newest in ((T, "2024-08-01"), (T - timedelta(days=60), "2024-07-07")):
        (answer,) = await asked(scene, moment, [column], tmp_path)
        body = answer.body.decode()
        assert newest in body
        assert all(text <= f"{moment:%Y-%m-%d}" for text in body.split("<span>")[1:])


async def test_an_unknown_address_and_an_hour_of_outage_are_what_they_are(tmp_path: Path) -> None:
    scene = town(department(down=(2, 4))).now.scene
    home = f"http://{scene.sites[1].host}/"
    day, night = T, T.replace(hour=3)
    fine, gone = await asked(scene, day, [home, f"{home}nowhere/"], tmp_path)
    assert (fine.outcome, fine.status, gone.status) == ("ok", 200, 404)
    (down,) = await asked(scene, night, [home], tmp_path)
    assert down.outcome == "connect"


async def test_accounts_are_served_over_tls_by_their_platforms_hosts(tmp_path: Path) -> None:
    scene = town(weibo=SILENT).now.scene
    post, posts, video = await asked(scene, T, [one.url for one in scene.accounts], tmp_path)
    assert "js_content" in post.body.decode()
    assert '"mblog"' in posts.body.decode()
    assert DEPARTMENT not in video.body.decode()
    assert {post.status, posts.status, video.status} == {200}


def test_two_scenes_that_differ_in_one_site_have_the_same_pages_elsewhere() -> None:
    one, other = (Stage(town(site).now.scene, lambda: T) for site in (None, replace(department(), columns=())))
    assert one.hosts().keys() == other.hosts().keys()
