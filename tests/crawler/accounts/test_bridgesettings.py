"""Which bridge an account is asked of, and settings that say nothing of their secrets."""

import msgspec
import pytest

from crawler.accounts.bridges import BridgeUnusable
from crawler.accounts.bridgesettings import Bridges, BridgeSettings
from crawler.fetch import FetchSettings

TOKEN = "s3cret-t0ken"
HUB = BridgeSettings("hub", "rsshub", "http://10.1.2.3:1200", TOKEN, platforms=("新浪微博", "bilibili"))
READING = BridgeSettings("reading", "wewe-rss", "http://10.1.2.3:4000", accounts={"WX1": {"id": "MP_WXS_7"}})
WEIBO = "https://weibo.com/u/1234567890"


def asked(code: str, printed: str | None, url: str | None) -> tuple[str, str] | None:
    found = Bridges([HUB, READING]).asked_for(code, printed, url)
    return (found.bridge, found.ask.label) if found else None


def test_an_account_that_is_named_is_asked_of_that_bridge() -> None:
    assert asked("WX1", "微信订阅号", None) == ("reading", "wewe-rss:/feeds/{id}.rss")


def test_an_account_of_a_platform_is_asked_by_the_id_in_its_address() -> None:
    assert asked("WB1", "新浪微博", WEIBO) == ("hub", "rsshub:/weibo/user/{id}")
    assert asked("WB1", None, WEIBO) == ("hub", "rsshub:/weibo/user/{id}")


@pytest.mark.parametrize(
    "code, printed, url",
    [
        ("WX2", "微信订阅号", "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"),
        ("WB1", "新浪微博", None),
        ("DY1", "抖音短视频", "https://www.douyin.com/user/MS4wLjABAAAAx"),
        ("X", None, None),
    ],
)
def test_an_account_without_a_bridge_or_without_its_ids_is_asked_of_none(
    code: str, printed: str | None, url: str | None
) -> None:
    assert asked(code, printed, url) is None


def test_a_bridge_that_names_the_code_goes_before_one_that_takes_the_platform() -> None:
    own = BridgeSettings("own", "feed", "https://feeds.example.org", accounts={"WB1": {"path": "weibo.xml"}})
    found = Bridges([HUB, own]).asked_for("WB1", "新浪微博", WEIBO)
    assert found is not None and found.bridge == "own"


def test_the_guard_is_told_each_bridges_host_and_port_and_no_more() -> None:
    tls = BridgeSettings("tls", "feed", "https://Feeds.example.org/private")
    assert Bridges([HUB, READING, tls]).origins == {("10.1.2.3", 1200), ("10.1.2.3", 4000), ("feeds.example.org", 443)}


def test_settings_printed_in_any_way_show_neither_token_nor_address() -> None:
    settings = FetchSettings(bridges=(HUB,))
    shown = f"{settings!r} {settings} {HUB} {[*HUB.__rich_repr__()]} {Bridges([HUB]).asked_for('WB1', None, WEIBO)!r}"
    assert TOKEN not in shown and "10.1.2.3" not in shown


def test_settings_reach_a_crawler_process_whole() -> None:
    settings = FetchSettings(bridges=(HUB, READING))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(settings), type=FetchSettings) == settings


def test_the_digest_changes_with_the_accounts_and_not_with_the_token() -> None:
    replace = msgspec.structs.replace
    assert Bridges([HUB]).digest == Bridges([replace(HUB, token="another-one")]).digest
    assert Bridges([HUB]).digest != Bridges([replace(HUB, platforms=("新浪微博",))]).digest
    assert Bridges([READING]).digest != Bridges([replace(READING, accounts={"WX1": {"id": "MP_WXS_8"}})]).digest


@pytest.mark.parametrize(
    "rows, word",
    [
        ([msgspec.structs.replace(HUB, name="a b")], "name"),
        ([msgspec.structs.replace(HUB, platforms=("飞鸽传书",))], "飞鸽传书"),
        ([HUB, HUB], "two bridges"),
        ([msgspec.structs.replace(HUB, base="http://me:s3cret-t0ken@10.1.2.3/")], "base"),
        ([msgspec.structs.replace(HUB, token="abc")], "token"),
        ([msgspec.structs.replace(HUB, profile="rss")], "profile"),
    ],
)
def test_settings_no_request_can_be_made_from_are_refused_without_showing_secrets(
    rows: list[BridgeSettings], word: str
) -> None:
    with pytest.raises(BridgeUnusable, match=word) as refusal:
        Bridges(rows)
    assert TOKEN not in str(refusal.value) and "10.1.2.3" not in str(refusal.value)
