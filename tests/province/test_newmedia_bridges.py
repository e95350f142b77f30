"""The bridges of a province: asked by their settings they tell the truth, ill they are one alarm and no stale account."""

import csv
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.accounts.bridgeforms import bridge_error, scope_of
from crawler.accounts.bridges import Bridge, BridgeAnswer, ask_of, read_bridge
from crawler.accounts.found import AccountFound
from crawler.accounts.secret import Secret
from crawler.records import instant_ms
from province import Province
from province.newmedia.bridges import PROGRAMS
from province.newmedia.model import Illness, Sickness
from province.newmedia.truth import REPORTS, best_views, settings
from register import Subject
from register.problems import Problems
from scheduler.accounts.bridges import Alarm, BridgeHealth, Poll, alarm, polled
from scheduler.accounts.reportfolder import read_body
from scheduler.accounts.reports import KnownAccounts, Statement, accept, sighting_of
from tests.province.client import NOW, ask, running


@pytest.fixture
async def province() -> AsyncIterator[Province]:
    async with running(Province(6, 2, 3, 7, True, NOW, newmedia=True)) as made:
        for bridge in made.plan.cast.bridges:
            made.set_illness(bridge.name, None)
        yield made


def bridge_of(row: dict[str, Any], token: str | None = None) -> Bridge:
    return Bridge(row["name"], row["profile"], row["base"], Secret(token or row["token"]), row["token_place"])


async def poll(province: Province, row: dict[str, Any], code: str, token: str | None = None) -> AccountFound:
    asked = ask_of(bridge_of(row, token), row["accounts"][code]["type"], row["accounts"][code])
    assert asked is not None
    host, _, path = asked.url.partition("://")[2].partition("/")
    seen = await ask(province, host, f"/{path}", Authorization=asked.headers.get("Authorization", "none"))
    kind = (seen.header("Content-Type") or b"").decode()
    return read_bridge(asked, BridgeAnswer(seen.status, seen.body, kind), province.moment)


async def test_every_bridge_tells_the_truth_of_every_account_of_its(province: Province) -> None:
    views = {view["code"]: view for view in best_views(province.plan, province.moment)}
    told = 0
    for row in settings(province.plan):
        for code in row["accounts"]:
            found = await poll(province, row, code)
            assert (found.reading.newest or "")[:10] == views[code]["newest"], (row["profile"], code)
            told += 1
    assert told >= 40


@pytest.mark.parametrize("profile", PROGRAMS)
async def test_a_wrong_token_is_a_sick_bridge_and_is_never_shown(profile: str, province: Province) -> None:
    row = next(row for row in settings(province.plan) if row["profile"] == profile)
    found = await poll(province, row, next(iter(row["accounts"])), "wr0ng-t0ken")
    assert "wr0ng" not in repr(found)
    if PROGRAMS[profile].token:
        assert (found.reason, bridge_error(found)) == ("bridge_sick", "refused")
    else:
        assert found.reading.newest


@pytest.mark.parametrize(
    ("kind", "error"), [("502", "upstream"), ("html", "not_a_feed"), ("empty", "empty_feed"), ("limited", None)]
)
@pytest.mark.parametrize("profile", PROGRAMS)
async def test_an_ill_bridge_says_nothing_of_accounts(
    kind: Sickness, error: str | None, profile: str, province: Province
) -> None:
    row = next(row for row in settings(province.plan) if row["profile"] == profile)
    province.set_illness(row["name"], Illness(kind, 0.0, 1.0))
    found = await poll(province, row, next(iter(row["accounts"])))
    assert (found.outcome, found.reason, found.reading.newest) == ("inconclusive", "bridge_sick", None)
    assert bridge_error(found) in ((error,) if error else ("rate_limited", "banned"))
    province.advance(1)
    assert (await poll(province, row, next(iter(row["accounts"])))).reading.newest


def _ms(text: str) -> int:
    return instant_ms(text) if len(text) > 10 else instant_ms(f"{text}T00:00:00+08:00")


@pytest.mark.parametrize("kind", ["502", "html", "empty", "old", "stopped"])
async def test_a_bridge_that_dies_for_three_days_is_one_alarm_and_no_stale_account(kind: Sickness, province: Province) -> None:
    row = next(row for row in settings(province.plan) if row["profile"] == "wewe-rss")
    province.set_illness(row["name"], Illness(kind, 3.0, 3.0))
    health, alarms, accused = BridgeHealth(), list[Alarm](), set[str]()
    for _ in range(4 * 9):
        province.advance(0.25)
        now_ms = round(province.moment.timestamp() * 1000)
        for code in row["accounts"]:
            found = await poll(province, row, code)
            error = bridge_error(found)
            dates = tuple(_ms(item.date) for item in found.items if item.date)
            after = polled(health, Poll(code, now_ms, error is None, scope_of(error or "no_answer"), dates))
            said = alarm(health, after)
            alarms += [said] if said else []
            health = after
            if health.believed and found.reading.newest and stale(found.reading.newest, province.moment):
                accused.add(code)
    assert [told.kind for told in alarms] == ["bridge_sick", "bridge_well"]
    true = {view["code"] for view in best_views(province.plan, province.moment) if view["stale"]}
    assert accused == true & row["accounts"].keys()


def stale(newest: str, moment: datetime) -> bool:
    return moment - datetime.fromtimestamp(_ms(newest) / 1000, moment.tzinfo) >= timedelta(days=14)


async def test_feeds_that_the_bridge_itself_stopped_making_are_known_by_their_own_date(province: Province) -> None:
    row = next(row for row in settings(province.plan) if row["profile"] == "wewe-rss")
    province.set_illness(row["name"], Illness("stopped", 0.0, 10.0))
    code, errors = next(iter(row["accounts"])), []
    for _ in range(6):
        errors.append(bridge_error(await poll(province, row, code)))
        province.advance(1)
    assert errors == [None, None, None, None, "not_synced", "not_synced"]


def test_the_seed_makes_one_bridge_ill_for_three_days() -> None:
    kinds = set()
    for seed in range(12):
        ill = [b.illness for b in Province(6, 2, 0, seed, True, NOW, newmedia=True).plan.cast.bridges if b.illness]
        assert [(each.first, each.days) for each in ill] == [(5.0, 3.0)]
        kinds.add(ill[0].kind)
    assert kinds == {"502", "old", "html"}


def test_a_bridge_there_is_not_cannot_be_ill() -> None:
    with pytest.raises(KeyError):
        Province(6, 2, 0, 7, True, NOW, newmedia=True).set_illness("nobody", None)


def test_what_a_service_must_know_is_written_beside_the_register(tmp_path: Path) -> None:
    province = Province(6, 2, 3, 7, True, NOW, newmedia=True)
    province.write(tmp_path)
    bridges = json.loads((tmp_path / "newmedia" / "bridges.json").read_text("utf-8"))
    assert bridges == settings(province.plan)
    views = [json.loads(line) for line in (tmp_path / "newmedia" / "views.jsonl").read_text("utf-8").splitlines()]
    assert views == list(best_views(province.plan, province.moment))
    for path in (tmp_path / "truth.jsonl", tmp_path / "register" / "accounts.csv", tmp_path / "newmedia" / "views.jsonl"):
        assert not any(row["token"] in path.read_text("utf-8") for row in bridges)


def test_the_operators_report_is_one_the_service_takes_and_is_two_weeks_old(tmp_path: Path) -> None:
    province = Province(6, 2, 3, 7, True, NOW, newmedia=True)
    province.write(tmp_path)
    known = KnownAccounts(Subject(m.code, "account", m.name, platform=m.type) for m in province.plan.cast.media)
    with (tmp_path / "newmedia" / "reports" / "reports.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == REPORTS
    statement = Statement(("r", None, 2), rows[0]["账号标识"], updated=rows[0]["最近更新时间"], link=rows[0]["链接"])
    told = accept([statement], known, round(NOW.timestamp() * 1000), Problems())
    seen = sighting_of(told[0], round(NOW.timestamp() * 1000))
    assert seen.reading is not None
    assert stale(seen.reading.newest or "", NOW)
    sent = json.dumps({"reports": rows}, ensure_ascii=False).encode()
    assert read_body(sent, known, round(NOW.timestamp() * 1000)).reports[0].account == told[0].account
