"""New-media pages: posts, histories, albums, and what stands in their place."""

from datetime import datetime

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.accounts.found import AccountFound
from crawler.accounts.reader import read_account
from crawler.accounts.states import STATE_SIGNS
from crawler.outcomes import valid_reason
from crawler.read.page import Page
from crawler.records import BEIJING

NOW = datetime(2026, 9, 2, 9, 0, tzinfo=BEIJING)
STAMP = 1788229230  # 2026-09-01 10:20:30 in Beijing
AT = "2026-09-01T10:20:30+08:00"
URL = "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"


def look(text: str | bytes, url: str = URL) -> AccountFound:
    return read_account(Page(text if isinstance(text, bytes) else text.encode(), url, NOW, "account"))


def post(script: str, shown: str = "昨天", extra: str = "") -> str:
    return (
        f'<html><head><title>x</title><meta property="og:title" content="一则消息" /></head><body class="rich_media">'
        f'<a class="wx_follow_nickname">某某发布</a><em id="publish_time">{shown}</em>'
        f'<div class="rich_media_content" id="js_content"><p>正文，链接已过期，账号已注销，去验证。</p></div>{extra}'
        f"<script nonce='1'>{script}</script></body></html>"
    )


def gone(words: str, extra: str = "") -> str:
    box = f'<div class="weui-msg"><h2 class="weui-msg__title">{words}</h2>{extra}</div>'
    return f"<html><head><title></title></head><body>{box}</body></html>"


@pytest.mark.parametrize(
    "script",
    [
        f'var nickname = "某某发布"; var ct = "{STAMP}"; var publish_time = "2026-09-01" || "";',
        f"var real_item_show_type = '0'; window.ct='{STAMP}';",
        f'var t="1788300000",n="{STAMP}",s="2026-09-01"; e(t,n,s,document.getElementById("publish_time"));',
        f"var oriCreateTime = '{STAMP}'; var createTime = '2026-09-01 10:20';",
        f"cgiDataNew = {{ ori_create_time: JsDecode('{STAMP}'), create_time: JsDecode('{STAMP}') }}",
    ],
)
def test_the_time_of_a_post_is_read_from_its_script_and_not_from_the_word_shown(script: str) -> None:
    found = look(post(script))
    assert (found.reading.newest, found.reading.precision, found.reading.source) == (AT, "second", "script")
    assert (found.reading.state, found.account_state, found.outcome, found.reading.title) == (
        "article",
        "alive",
        None,
        "一则消息",
    )
    assert {flag.name for flag in found.flags} == {"account_name", "lower_bound"}


def test_a_minute_or_a_day_is_kept_where_no_second_stands() -> None:
    assert look(post("var createTime = '2026-09-01 10:20';")).reading.newest == "2026-09-01T10:20:00+08:00"
    assert "naive_time" in {flag.name for flag in look(post("var createTime = '2026-09-01 10:20';")).flags}
    assert look(post('var publish_time = "2026-09-01" || "";')).reading.newest == "2026-09-01"
    assert look(post("", shown="2026年9月1日 10:20")).reading.newest == "2026-09-01T10:20:00+08:00"


def test_a_word_such_as_yesterday_proves_nothing_without_the_script() -> None:
    found = look(post("var x = 1;"))
    assert (found.reading.newest, found.reading.state, found.account_state) == (None, "unknown", "alive")


def test_the_clock_of_the_server_is_not_the_time_of_the_post() -> None:
    assert look(post('var t="1788300000",n="1788300001",s="2026-09-01";')).reading.newest is None


def test_a_time_in_the_future_is_not_used() -> None:
    assert look(post('var ct = "1799999999";')).reading.newest is None


@pytest.mark.parametrize(
    ("words", "state", "reason"),
    [
        ("该内容已被发布者删除", "item_deleted", "wechat_item_deleted"),
        ("此内容因违规无法查看", "item_blocked", "wechat_item_blocked"),
        ("此内容被投诉且经审核涉嫌侵权，无法查看。", "item_blocked", "wechat_item_blocked"),
        ("已停止访问该网页", "item_blocked", "wechat_item_blocked"),
        ("根据作者隐私设置，无法查看该内容", "item_private", "wechat_item_private"),
        ("链接已过期 ", "link_expired", "wechat_link_expired"),
        ("参数错误", "link_expired", "wechat_link_expired"),
        ("此帐号已自主注销，内容无法查看", "cancelled", "wechat_account_cancelled"),
        ("此账号已注销，内容无法查看", "cancelled", "wechat_account_cancelled"),
        ("此帐号已被屏蔽, 内容无法查看", "blocked", "wechat_account_blocked"),
        ("此帐号处于帐号迁移流程中", "migrating", "wechat_account_migrating"),
        ("该公众号已迁移至新的帐号，原帐号已回收", "migrated", "wechat_account_migrated"),
    ],
)
def test_what_stands_where_a_post_was_tells_the_state_of_the_account(words: str, state: str, reason: str) -> None:
    found = look(gone(words))
    assert (found.account_state, found.outcome, found.reason) == (state, "soft_404", reason)
    assert (found.reading.state, found.reading.newest) == ("none", None)


@pytest.mark.parametrize(
    "words", ["环境异常", "当前环境异常，完成验证后即可继续访问。<a>去验证</a>", "访问过于频繁，请稍后再试"]
)
def test_a_captcha_is_a_challenge_and_says_nothing_of_the_account(words: str) -> None:
    found = look(gone(words))
    assert (found.account_state, found.outcome, found.reason) == ("unknown", "challenged", "wechat_captcha")


def test_a_captcha_is_known_by_its_address_too() -> None:
    assert look(gone("请稍候"), "https://mp.weixin.qq.com/mp/wappoc_appmsgcaptcha?poc_token=x").outcome == "challenged"


def test_an_error_of_the_platform_is_inconclusive() -> None:
    assert look(gone("系统出错")).outcome == "inconclusive"


def test_unknown_words_are_unknown_and_not_deleted() -> None:
    found = look(gone("该内容暂时无法展示"))
    assert (found.account_state, found.outcome, found.reading.state) == ("unknown", None, "unknown")


def test_a_history_page_is_a_list() -> None:
    rows = [
        {
            "comm_msg_info": {"datetime": STAMP - 86_400 * n},
            "app_msg_ext_info": {"title": f"消息{n}", "content_url": f"/s?sn={n}&amp;x=1"},
        }
        for n in range(3)
    ]
    data = orjson.dumps({"list": rows}).decode()
    plainly = f"<div class=rich_media></div><script>var msgList = {data};\nseajs.use('x');</script>"
    quoted = f"<div class=rich_media></div><script>var msgList = '{data.replace(chr(34), '&quot;')}';</script>"
    for text in (plainly, quoted):
        found = look(text)
        assert (found.reading.newest, found.reading.state, found.reading.items) == (AT, "list", 3)
        assert found.items[0].url == "https://mp.weixin.qq.com/s?sn=0&x=1"
        assert found.account_state == "alive"
        assert "mass_sent_only" in {flag.name for flag in found.flags}


def test_an_album_is_a_list() -> None:
    rows = "".join(
        f'<li class="album__list-item" data-link="http://mp.weixin.qq.com/s?sn={n}" data-title="消息{n}">'
        f'<span class="js_article_create_time album__item-info-item">{STAMP - n}</span></li>'
        for n in range(4)
    )
    found = look(f'<div class="js_album"><ul class="album__list">{rows}</ul></div>')
    assert (found.reading.newest, found.reading.items, found.items[3].title) == (AT, 4, "消息3")
    assert "lower_bound" in {flag.name for flag in found.flags}


def test_a_post_elsewhere_is_read_by_its_tags_and_not_by_a_date_without_year() -> None:
    text = (
        '<html><head><title>一则消息</title><meta itemprop="dateUpdate" content="2026-09-01 10:20:30"></head>'
        "<body><h2>一则消息</h2>"
        '<span class="date">发布时间：09-01</span><span class="time">10:20</span></body></html>'
    )
    found = look(text, "https://baijiahao.example/s?id=1")
    assert ((found.reading.newest or "")[:10], found.account_state) == ("2026-09-01", "alive")


def test_a_feed_and_an_interface_are_read_by_the_same_call() -> None:
    feed = "<rss><channel><item><title>甲</title><pubDate>Tue, 01 Sep 2026 10:20:30 +0800</pubDate></item></channel></rss>"
    interface = {"code": 0, "data": {"list": {"vlist": [{"title": "甲", "created": STAMP, "bvid": "x"}]}}}
    for body in (feed.encode(), orjson.dumps(interface)):
        found = look(body)
        assert (found.reading.newest, found.account_state) == (AT, "alive")


@pytest.mark.parametrize(
    "answer", [{"code": -352, "message": "风控校验失败"}, {"code": -799, "message": "请求过于频繁"}, {"ok": -100}]
)
def test_an_interface_that_refuses_is_a_challenge(answer: dict[str, object]) -> None:
    found = look(orjson.dumps(answer))
    assert (found.outcome, found.reason, found.account_state) == ("challenged", "platform_refused", "unknown")


def test_an_empty_answer_of_a_bridge_is_not_a_silent_account() -> None:
    found = look("<rss><channel><title>x</title><lastBuildDate>Wed, 02 Sep 2026 08:00:00 +0800</lastBuildDate></channel></rss>")
    assert (found.reading.newest, found.reading.state, found.account_state) == (None, "unknown", "unknown")


def test_every_sign_has_words_or_is_given_by_the_reader_itself() -> None:
    assert len({sign.name for sign in STATE_SIGNS}) == len(STATE_SIGNS)
    for sign in STATE_SIGNS:
        assert sign.phrases or sign.marks or sign.name in ("platform_refused", "app_not_in_store")
        assert not any("帐" in phrase for phrase in sign.phrases)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 500))
def test_any_bytes_give_a_value(noise: bytes, cut: int) -> None:
    whole = post(f'var ct = "{STAMP}";').encode()
    history = b"rich_media var msgList = {" + noise
    for body in (noise, whole[:cut], whole[:cut] + noise + whole[cut:], history, b"weui-msg" + noise):
        found = look(body)
        assert found.outcome is None or valid_reason(found.outcome, found.reason)
