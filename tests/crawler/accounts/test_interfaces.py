"""Answers of platforms' interfaces, and pages that hold one in a script or show nothing."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from crawler.accounts.found import AccountFound
from crawler.accounts.reader import read_account
from crawler.read.page import Page
from crawler.records import BEIJING, Rules

NOW = datetime(2026, 9, 2, 9, 0, tzinfo=BEIJING)
STAMP = 1788229230  # 2026-09-01 10:20:30 in Beijing
AT = "2026-09-01T10:20:30+08:00"
TOKEN = "MS4wLjABAAAAq7wZ0-3kD_yTestTestTestTest"
WEIBO = "https://m.weibo.cn/api/container/getIndex?type=uid&value=1234567890"
TOUTIAO = f"https://www.toutiao.com/api/pc/list/feed?category=profile_all&token={TOKEN}"
BILIBILI = "https://api.bilibili.com/x/space/wbi/arc/search?mid=12345678"
KUAISHOU = "https://live.kuaishou.com/live_api/profile/public?principalId=3xabcdefg"
DOUYIN = f"https://www.douyin.com/user/{TOKEN}"
SHOP = "https://itunes.apple.com/lookup?id=123456789&country=cn"


def look(body: Any, url: str, printed: str | None = None) -> AccountFound:
    sent = body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else orjson.dumps(body)
    return read_account(Page(sent, url, NOW, "account"), printed)


def card(created: str, ident: str = "1", kind: str = "proweibo_1", **more: object) -> dict[str, Any]:
    post = {"created_at": created, "id": ident, "text": "<b>一则</b>消息"} | more
    return {"card_type": 9, "profile_type_id": kind, "mblog": post}


def names(found: AccountFound) -> set[str]:
    return {flag.name for flag in found.flags}


def test_weibo_times_are_read_in_the_form_they_are_written_in() -> None:
    found = look({"ok": 1, "data": {"cards": [card("Tue Sep 01 10:20:30 +0800 2026")]}}, WEIBO)
    assert (found.reading.newest, found.reading.source, found.reading.title) == (AT, "api", "一则消息")
    assert (found.account_state, found.reading.item_url) == ("alive", "https://m.weibo.cn/detail/1")


def test_a_pinned_post_counts_once_and_is_not_taken_for_the_newest() -> None:
    old, new = "Mon Jan 05 08:00:00 +0800 2026", "Tue Sep 01 10:20:30 +0800 2026"
    cards = [card(old, "7", "proweibotop_1"), card(new, "9"), card("Tue Aug 25 10:00:00 +0800 2026", "8"), card(old, "7")]
    found = look({"ok": 1, "data": {"cards": cards}}, WEIBO)
    assert (found.reading.newest, found.reading.items, found.reading.dated) == (AT, 3, 3)
    assert "pinned" in names(found)


def test_a_pinned_post_that_is_the_newest_counts_as_what_it_is() -> None:
    cards = [card("Tue Sep 01 10:20:30 +0800 2026", "7", "proweibotop_1"), card("Tue Aug 25 10:00:00 +0800 2026", "8")]
    assert look({"ok": 1, "data": {"cards": cards}}, WEIBO).reading.newest == AT


def test_a_forwarded_posts_time_is_its_own_and_not_that_of_what_it_forwards() -> None:
    shared = {"created_at": "Tue Sep 01 20:00:00 +0800 2026", "id": "5", "user": None}
    found = look({"ok": 1, "data": {"cards": [card("Tue Sep 01 10:20:30 +0800 2026", retweeted_status=shared)]}}, WEIBO)
    assert found.reading.newest == AT


def test_a_post_of_somebody_else_that_the_account_liked_is_none_of_its_own() -> None:
    liked = card("Tue Sep 01 20:00:00 +0800 2026", "5", user={"id": 77})
    own = card("Tue Sep 01 10:20:30 +0800 2026", "6", user={"id": 1234567890})
    found = look({"ok": 1, "data": {"cards": [liked, own]}}, WEIBO)
    assert (found.reading.newest, found.reading.items) == (AT, 1)


def test_cards_without_posts_are_passed_over() -> None:
    cards = [{"card_type": 11, "card_group": []}, card("Tue Sep 01 10:20:30 +0800 2026")]
    assert look({"ok": 1, "data": {"cards": cards}}, WEIBO).reading.items == 1


def test_an_advertisement_among_the_posts_is_none_of_the_accounts() -> None:
    rows = [
        {"group_id": "2", "title": "推广", "publish_time": STAMP + 3600, "ad_id": 5},
        {"group_id": "1", "title": "消息", "publish_time": STAMP},
    ]
    found = look({"message": "success", "data": rows}, TOUTIAO)
    assert (found.reading.newest, found.reading.items) == (AT, 1)


@pytest.mark.parametrize("stamp", [STAMP, str(STAMP), STAMP * 1000, str(STAMP * 1000)])
def test_numbers_as_text_and_thousandths_for_seconds_are_the_same_time(stamp: object) -> None:
    found = look({"code": 0, "data": {"list": {"vlist": [{"title": "甲", "created": stamp, "bvid": "BV1"}]}}}, BILIBILI)
    assert (found.reading.newest, found.reading.item_url) == (AT, "https://www.bilibili.com/video/BV1")


def test_a_time_in_the_future_is_reported_and_not_used() -> None:
    rows = [{"title": "甲", "created": STAMP + 10**7, "bvid": "BV1"}, {"title": "乙", "created": STAMP, "bvid": "BV2"}]
    found = look({"code": 0, "data": {"list": {"vlist": rows}}}, BILIBILI)
    assert found.reading.newest == AT
    assert "future" in names(found)


def test_a_time_without_zone_is_beijing_time_and_says_so() -> None:
    found = look(
        {"code": 0, "data": {"list": {"vlist": [{"title": "甲", "created": "2026-09-01 10:20:30", "bvid": "BV1"}]}}}, BILIBILI
    )
    assert found.reading.newest == AT
    assert "naive_time" in names(found)


def test_a_page_that_holds_the_list_in_its_script_is_read() -> None:
    rows = [
        {"awemeId": "7", "desc": "置顶", "createTime": STAMP - 10**7, "tag": {"isTop": True}},
        {"awemeId": "9", "desc": "消息", "createTime": STAMP},
    ]
    data = quote(orjson.dumps({"app": {"user": {"uid": 1}, "post": {"data": rows}}}).decode())
    found = look(f'<html><body><script id="RENDER_DATA" type="application/json">{data}</script></body></html>', DOUYIN)
    assert (found.reading.newest, found.reading.source, found.reading.state) == (AT, "script", "list")
    assert "pinned" in names(found)


def test_posts_without_times_make_an_account_alive_and_not_observable() -> None:
    found = look({"data": {"result": 1, "list": [{"id": "3x1", "caption": "甲"}, {"id": "3x2", "caption": "乙"}]}}, KUAISHOU)
    assert (found.outcome, found.reason, found.account_state) == ("not_observable", "no_dates", "alive")
    assert "posts_seen" in names(found)


def test_the_day_of_an_apps_version_is_no_update() -> None:
    record = {"trackName": "掌上某某", "version": "2.0.1", "currentVersionReleaseDate": "2026-09-01T02:20:30Z"}
    found = look({"resultCount": 1, "results": [record]}, SHOP)
    assert (found.outcome, found.reason, found.reading.newest, found.account_state) == (
        "not_observable",
        "no_public_view",
        None,
        "alive",
    )
    assert next(flag.evidence for flag in found.flags if flag.name == "app_version") == f"2.0.1 {AT} 掌上某某"


def test_an_app_that_the_shop_does_not_have_is_for_a_person_to_look_at() -> None:
    found = look({"resultCount": 0, "results": []}, SHOP)
    assert (found.outcome, found.reason, found.account_state) == ("soft_404", "app_not_in_store", "unknown")


@pytest.mark.parametrize(
    ("answer", "url"),
    [
        ({"ok": -100, "url": "https://passport.example/"}, WEIBO),
        ({"ok": "-100"}, WEIBO),
        ({"code": -352, "message": "风控校验失败"}, BILIBILI),
        ({"code": "-799", "data": {}}, BILIBILI),
        ({"message": "error", "has_more": False}, TOUTIAO),
        ({"status_code": 8, "aweme_list": []}, DOUYIN),
        ({"data": {"result": 2}}, KUAISHOU),
        ({"base_resp": {"ret": 200013, "err_msg": "freq control"}}, "https://mp.weixin.qq.com/s/x123456"),
    ],
)
def test_an_interface_that_refuses_is_a_challenge_and_says_nothing_of_the_account(answer: object, url: str) -> None:
    found = look(answer, url)
    assert (found.outcome, found.reason, found.account_state) == ("challenged", "platform_refused", "unknown")
    assert found.reading.newest is None


@pytest.mark.parametrize("url", [WEIBO, TOUTIAO, BILIBILI])
def test_an_empty_list_is_not_a_silent_account(url: str) -> None:
    answers: dict[str, object] = {
        WEIBO: {"ok": 1, "data": {"cards": []}},
        TOUTIAO: {"message": "success", "data": []},
        BILIBILI: {"code": 0, "data": {"list": {"vlist": []}}},
    }
    found = look(answers[url], url)
    assert (found.reading.state, found.reading.newest, found.account_state) == ("unknown", None, "unknown")
    assert "empty_list" in names(found)


@pytest.mark.parametrize(
    "answer",
    [
        {"code": 0, "data": {"list": {"vlist": "none"}}},
        {"code": 0, "data": [[1], {"vlist": 7}]},
        {"code": 0, "data": {"list": {"vlist": [1, None, "x", [], {"created": {}}]}}},
        {"code": 0, "data": None},
        [],
        [[]],
        0,
        "text",
        None,
    ],
)
@pytest.mark.parametrize("url", [WEIBO, TOUTIAO, BILIBILI, KUAISHOU, DOUYIN, SHOP])
def test_json_of_another_shape_proves_nothing(answer: object, url: str) -> None:
    found = look(answer, url)
    assert found.reading.newest is None
    assert found.account_state == "unknown"
    assert found.outcome in (None, "challenged", "not_observable")


@pytest.mark.parametrize(
    ("url", "printed", "reason"),
    [
        ("https://weibo.com/u/1234567890", "新浪微博", "login_needed"),
        (f"https://www.toutiao.com/c/user/token/{TOKEN}/?", "今日头条", "signed_requests"),
        (DOUYIN, "抖音", "signed_requests"),
        ("https://live.kuaishou.com/profile/3xabcdefg", "快手", "no_dates"),
        ("https://space.bilibili.com/12345678", "哔哩哔哩", "signed_requests"),
        ("https://channels.weixin.qq.com/web/pages/home", "微信视频号", "no_public_view"),
        ("https://m.q.qq.com/a/p/1", "小程序", "no_public_view"),
        ("https://apps.apple.com/cn/app/x/id123456789", "移动客户端", "no_public_view"),
    ],
)
def test_a_page_that_shows_no_posts_is_not_observable_and_says_why(url: str, printed: str, reason: str) -> None:
    words = "<p>更新时间：2026-09-01</p><script src='/a.js'></script>"
    body = f"<html><head><title>某某的主页</title></head><body>{words}</body></html>"
    for given in (printed, None):
        found = look(body, url, given)
        assert (found.outcome, found.reason, found.reading.newest) == ("not_observable", reason, None)


def test_html_where_json_was_to_be_proves_nothing() -> None:
    for url in (WEIBO, TOUTIAO, BILIBILI, KUAISHOU):
        found = look("<html><body><p>正在加载</p></body></html>", url)
        assert (found.outcome, found.reading.newest) == ("not_observable", None)


def test_one_post_of_a_platform_is_a_lower_bound() -> None:
    body = (
        '<html><head><title>一则消息</title><meta property="article:published_time" content="2026-09-01T10:20:30+08:00">'
        "</head><body><h1>一则消息</h1><p>正文</p></body></html>"
    )
    found = look(body, "https://www.toutiao.com/article/7300000000000000001/")
    assert ((found.reading.newest or "")[:10], found.account_state) == (AT[:10], "alive")
    assert "lower_bound" in names(found)


def test_what_an_operators_own_login_exports_is_read_through_json_within_json() -> None:
    def sending(n: int) -> dict[str, str]:
        sent = [{"aid": f"{n}_{each}", "title": f"消息{n}{each}", "update_time": STAMP - 86_400 * n} for each in range(2)]
        return {"publish_info": orjson.dumps({"appmsgex": sent}).decode()}

    page = orjson.dumps({"publish_list": [sending(2), sending(0), sending(1)]}).decode()
    found = look({"base_resp": {"ret": 0}, "publish_page": page}, "https://mp.weixin.qq.com/cgi-bin/appmsgpublish")
    assert (found.reading.newest, found.reading.items, found.reading.title) == (AT, 6, "消息00")
    assert "lower_bound" not in names(found)


def test_an_account_registered_under_a_wrong_type_is_read_by_its_page_all_the_same() -> None:
    post = f'<div class="rich_media" id="js_content">正文</div><script>var ct = "{STAMP}";</script>'
    for printed in ("新浪微博", "其他", "移动客户端", None):
        assert look(post, "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv", printed).reading.newest == AT
    feed = "<rss><channel><item><title>甲</title><pubDate>Tue, 01 Sep 2026 10:20:30 +0800</pubDate></item></channel></rss>"
    assert look(feed, "https://e.example.cn/feed", "抖音").reading.newest == AT


def test_rows_that_the_register_names_are_the_accounts_list() -> None:
    rows = "".join(f'<li class="art"><a href="/{n}.html">第{n}条消息</a><i>2026-08-{n:02d}</i></li>' for n in range(10, 30))
    text = f"<html><body><ul>{rows}</ul><p>推荐 2026-09-01</p></body></html>"
    page = Page(text.encode(), "https://e.example.cn/u/1", NOW, "account", None, Rules(selector="li.art"))
    found = read_account(page, "搜狐号")
    assert (found.reading.newest, found.reading.state, found.account_state) == ("2026-08-29", "list", "alive")
    assert "lower_bound" not in names(found)


def test_a_path_of_the_register_goes_before_the_platforms_own() -> None:
    body = orjson.dumps({"ok": 1, "data": {"cards": []}, "mine": {"rows": [{"title": "甲", "time": STAMP, "url": "/1"}]}})
    found = read_account(Page(body, WEIBO, NOW, "account", None, Rules(json_path="mine.rows")))
    assert found.reading.newest == AT
