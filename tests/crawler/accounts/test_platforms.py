"""What each platform shows is data, closed and complete; the type as printed, or the address, leads to it."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.accounts.bridgeforms import PROFILES
from crawler.accounts.interfaces import LISTS, REFUSALS
from crawler.accounts.platforms import OTHER, PLATFORMS, Unseen, address_of, platform_named, platform_of
from crawler.accounts.reader import READERS, unasked
from crawler.accounts.states import STATE_SIGNS
from crawler.outcomes import OUTCOMES, valid_reason
from register.vocabulary import PLATFORM, WORDS

ALBUM = "https://mp.weixin.qq.com/mp/appmsgalbum?__biz=MzA3MDk4NDIyMA==&action=getalbum&album_id=1234567890"
TOKEN = "MS4wLjABAAAAq7wZ0-3kD_yTestTestTestTest"


def test_every_type_that_registers_know_has_a_platform() -> None:
    for word in (*PLATFORM, *WORDS["platforms"]):
        assert platform_named(word) is not None, word


def test_words_of_one_type_in_the_register_are_of_one_platform_here() -> None:
    for title, words in WORDS["platforms"].items():
        assert {platform_named(word) for word in words} == {platform_named(title)}


def test_no_two_platforms_share_a_name() -> None:
    names = [word.casefold().replace(" ", "") for row in PLATFORMS.values() for word in (row.title, *row.names)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
def test_a_platform_says_what_it_never_shows_and_why_that_proves_nothing(platform: object) -> None:
    row = PLATFORMS[getattr(platform, "id", "")]
    assert row.never
    assert row.reads in READERS
    assert bool(row.shows) == (row.view != "none")
    assert (row.unseen is None) == (row.view == "post")
    assert row.unseen is None or valid_reason("not_observable", row.unseen)


def test_reasons_of_not_observable_are_those_of_the_outcome() -> None:
    assert set(get_args(Unseen)) == set(OUTCOMES["not_observable"].reasons)


def test_tables_name_only_platforms_that_there_are() -> None:
    routes = {route.platform for profile in PROFILES.values() for route in profile.routes} - {"*"}
    assert routes <= PLATFORMS.keys()
    assert {row.platform for row in LISTS} | {row.platform for row in REFUSALS} <= PLATFORMS.keys()
    families = {row.family for row in PLATFORMS.values()} | {"any"}
    assert {family for sign in STATE_SIGNS for family in sign.where} <= families


@pytest.mark.parametrize(
    ("url", "platform", "kind", "ident"),
    [
        ("https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv", "wechat", "post", None),
        ("http://mp.weixin.qq.com/s?__biz=MzA3MDk4NDIyMA==&mid=1&idx=1&sn=ab", "wechat", "post", None),
        (
            "https://mp.weixin.qq.com/mp/appmsgalbum?__biz=MzA3MDk4NDIyMA==&action=getalbum&album_id=1234567890",
            "wechat",
            "list",
            None,
        ),
        ("https://channels.weixin.qq.com/web/pages/home", "channels", "home", None),
        ("https://weibo.com/u/1234567890", "weibo", "home", "1234567890"),
        ("https://weibo.com/1234567890", "weibo", "home", "1234567890"),
        ("https://weibo.com/1234567890/NbCdEfGhI", "weibo", "post", None),
        ("https://m.weibo.cn/api/container/getIndex?type=uid&value=1234567890", "weibo", "interface", "1234567890"),
        (f"https://www.toutiao.com/c/user/token/{TOKEN}/?", "toutiao", "home", TOKEN),
        ("https://www.toutiao.com/article/7300000000000000001/", "toutiao", "post", None),
        (f"https://www.douyin.com/user/{TOKEN}?vid=7", "douyin", "home", TOKEN),
        ("https://live.kuaishou.com/profile/3xabcdefg", "kuaishou", "home", "3xabcdefg"),
        ("https://space.bilibili.com/12345678/video", "bilibili", "home", "12345678"),
        ("https://api.bilibili.com/x/space/wbi/arc/search?mid=12345678&pn=1", "bilibili", "interface", "12345678"),
        ("https://author.baidu.com/home?app_id=1600000000000000", "baijiahao", "home", None),
        ("https://itunes.apple.com/lookup?id=123456789&country=cn", "app", "interface", "123456789"),
        ("https://apps.apple.com/cn/app/example/id123456789", "app", "download", "123456789"),
        ("https://dl.example.cn/a/gov.apk?v=2", "app", "download", None),
    ],
)
def test_the_shape_of_an_address_tells_platform_kind_and_id(url: str, platform: str, kind: str, ident: str | None) -> None:
    found = address_of(url)
    assert found is not None
    assert (found.platform.id, found.kind, found.ids.get("id")) == (platform, kind, ident)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.gov.cn/col/col1/index.html",
        "https://example.cn/?u=https://weibo.com/u/1234567890",
        "https://weibo.com.example.cn/u/1234567890",
        "ftp://weibo.com/u/1234567890",
        "weibo",
        "",
    ],
)
def test_an_address_that_only_mentions_a_platform_is_not_on_it(url: str) -> None:
    assert address_of(url) is None
    assert platform_of(url) is OTHER


def test_the_type_as_printed_goes_before_the_address() -> None:
    assert platform_of("https://weibo.com/u/1234567890", "抖音").id == "douyin"
    assert platform_of("https://weibo.com/u/1234567890", "视频类账号").id == "weibo"
    assert platform_of("https://weibo.com/u/1234567890", None).id == "weibo"
    assert platform_of("https://e.example.cn/", "从未见过的类型") is OTHER


@pytest.mark.parametrize(
    ("printed", "url", "reason"),
    [
        ("微信视频号", None, "no_public_view"),
        ("微信视频号", "https://channels.weixin.qq.com/x", "no_public_view"),
        ("小程序", "", "no_public_view"),
        ("微信订阅号", None, "no_bridge"),
        ("新浪微博", None, "login_needed"),
    ],
)
def test_what_shows_nothing_is_not_observable_before_anything_is_asked(printed: str, url: str | None, reason: str) -> None:
    found = unasked(printed, url)
    assert found is not None
    assert (found.outcome, found.reason, found.reading.newest) == ("not_observable", reason, None)


def test_an_address_that_may_show_something_is_asked() -> None:
    assert unasked("微信订阅号", "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv") is None
    assert unasked("移动客户端", "https://itunes.apple.com/lookup?id=123456789") is None


@given(st.text(max_size=200))
def test_any_text_is_an_address_or_none(text: str) -> None:
    found = address_of("https://" + text)
    assert found is None or found.platform.id in PLATFORMS
    assert platform_of(text, text).id in PLATFORMS
