"""Where the visits of accounts wait, and how an enrolment and a patrol heed it."""

import json
from pathlib import Path

import pytest

from crawler.accounts.bridgesettings import Bridges, BridgeSettings
from crawler.records import Account, Visit
from register import load
from scheduler.accounts.bridgebook import asked_of_bridges
from scheduler.accounts.routes import NOBODY, Routes, sighting_unasked
from scheduler.conclude import Task
from scheduler.enrol import Enrolment, enrol
from scheduler.ledger import Ledger
from tests.scheduler.builders import START_MS

HUB = BridgeSettings("hub", "rsshub", "http://10.1.2.3:1200", "s3cret-t0ken", platforms=("新浪微博",))
READING = BridgeSettings("reading", "wewe-rss", "http://10.1.2.3:4000", accounts={"BARE": {"id": "MP_WXS_7"}})
WEIBO = "https://weibo.com/u/1234567890"
ARTICLE = "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"
HEADER = "账号标识,账号名称,类型,主办单位,网址\n"
ROWS = {
    "WB1": ("新浪微博", WEIBO),
    "WB2": ("新浪微博", "https://weibo.com/u/1234567891"),
    "WX1": ("微信订阅号", ARTICLE),
    "SPH1": ("微信视频号", ""),
    "SPH2": ("微信视频号", "https://channels.weixin.qq.com/web/pages/feed?eid=x"),
    "BARE": ("微信订阅号", ""),
    "BARE2": ("微信服务号", ""),
}


@pytest.mark.parametrize(
    "code, printed, url, host",
    [
        ("WB1", "新浪微博", WEIBO, "bridge:hub"),
        ("WB1", "新浪微博", "https://weibo.com/somename", "weibo.com"),
        ("BARE", "微信订阅号", "", "bridge:reading"),
        ("BARE2", "微信服务号", "", NOBODY),
        ("WX1", "微信订阅号", ARTICLE, "mp.weixin.qq.com"),
        ("SPH1", "微信视频号", "https://channels.weixin.qq.com/x", NOBODY),
        ("MINI", "小程序", "", NOBODY),
        ("MINI", "小程序", "https://www.example.gov.cn/app", NOBODY),
        ("ODD", "飞鸽传书", "https://www.example.gov.cn/app", "www.example.gov.cn"),
    ],
)
def test_an_account_waits_at_its_bridge_at_nobodys_or_at_its_own_host(code: str, printed: str, url: str, host: str) -> None:
    own = url.partition("://")[2].partition("/")[0]
    assert Routes(Bridges([HUB, READING])).host_of(code, printed, url, own) == host


def test_the_link_of_a_report_never_waits_at_a_bridge() -> None:
    assert Routes(Bridges([HUB])).public_host("新浪微博", WEIBO, "weibo.com") == "weibo.com"


def enrolled(folder: Path, routes: Routes, rows: dict[str, tuple[str, str]] | None = None) -> tuple[Ledger, Enrolment]:
    source = folder / "accounts.csv"
    text = "".join(f"{code},{code}发布,{kind},某县,{url}\n" for code, (kind, url) in (rows or ROWS).items())
    source.write_text(HEADER + text, encoding="utf-8")
    ledger = Ledger.open(folder / "ledger.sqlite", "serve")
    return ledger, enrol(ledger, load(source, folder / "kept"), lambda *_: START_MS, "2026-11-22", routes=routes)


def hosts(ledger: Ledger) -> dict[str, str]:
    rows = ledger.transaction().execute(
        "SELECT t.key, h.name FROM states s JOIN targets t USING (id) JOIN hosts h ON h.id = s.host WHERE s.due IS NOT NULL"
    )
    return dict(rows.fetchall())


def test_every_account_of_a_register_is_due_also_one_without_an_address(tmp_path: Path) -> None:
    ledger, enrolment = enrolled(tmp_path, Routes(Bridges([HUB, READING])))
    assert hosts(ledger) == {
        "WB1": "bridge:hub",
        "WB2": "bridge:hub",
        "WX1": "mp.weixin.qq.com",
        "SPH1": NOBODY,
        "SPH2": NOBODY,
        "BARE": "bridge:reading",
        "BARE2": NOBODY,
    }
    assert (enrolment.watched, enrolment.withdrawn) == (7, 0)
    ledger.close()


def test_what_waits_at_which_bridge_is_known_of_the_present_register_alone(tmp_path: Path) -> None:
    enrolled(tmp_path, Routes(Bridges([HUB, READING])))[0].close()
    ledger, _ = enrolled(tmp_path, Routes(Bridges([HUB, READING])), {code: ROWS[code] for code in ROWS if code != "WB2"})
    assert asked_of_bridges(ledger) == {"hub": {"WB1"}, "reading": {"BARE"}}
    ledger.close()


def test_other_settings_of_bridges_move_the_accounts_of_the_same_register(tmp_path: Path) -> None:
    enrolled(tmp_path, Routes())[0].close()
    ledger, enrolment = enrolled(tmp_path, Routes(Bridges([HUB])))
    assert (hosts(ledger)["WB1"], hosts(ledger)["BARE"]) == ("bridge:hub", NOBODY)
    assert (enrolment.watched, enrolment.scheduled, enrolment.dropped) == (7, 0, 0)
    ledger.close()


def test_an_account_whose_address_is_given_later_is_asked_from_then_on(tmp_path: Path) -> None:
    enrolled(tmp_path, Routes())[0].close()
    ledger, _ = enrolled(tmp_path, Routes(), ROWS | {"BARE2": ("微信服务号", f"{ARTICLE}x")})
    assert hosts(ledger)["BARE2"] == "mp.weixin.qq.com"
    ledger.close()


def test_a_paused_account_without_an_address_is_not_due(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text(f"{HEADER[:-1]},不检查\nSPH1,某县发布,微信视频号,某县,,整改中\n", encoding="utf-8")
    ledger = Ledger.open(tmp_path / "ledger.sqlite", "serve")
    register = load(tmp_path / "accounts.csv", tmp_path / "kept")
    enrolment = enrol(ledger, register, lambda *_: START_MS, "2026-11-22")
    assert (hosts(ledger), enrolment.paused) == ({}, 1)
    ledger.close()


def told(printed: str | None, url: str) -> tuple[str, str | None, int, set[str]]:
    visit = Visit(3, "account", "X", url, START_MS, platform=printed)
    part = json.dumps({"code": "X"}).encode()
    seen = sighting_unasked(Task(1, 1, visit, part, None, "row", None), START_MS, 9)
    assert (seen.round, seen.number, seen.account, seen.attempts) == (9, 3, Account("unknown"), 0)
    return seen.outcome, seen.reason, seen.requests, {flag.name for flag in seen.flags}


def test_an_account_nobody_is_asked_about_says_why() -> None:
    assert told("微信视频号", "https://channels.weixin.qq.com/x") == ("not_observable", "no_public_view", 0, set())
    assert told("微信订阅号", "") == ("not_observable", "no_bridge", 0, {"no_address"})
    assert told(None, "") == ("not_observable", "no_bridge", 0, {"no_address"})


def test_tokens_and_addresses_of_bridges_are_not_in_the_ledger(tmp_path: Path) -> None:
    ledger, _ = enrolled(tmp_path, Routes(Bridges([HUB, READING])))
    ledger.close()
    raw = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"s3cret" not in raw and b"10.1.2.3" not in raw
