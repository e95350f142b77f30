"""Every sign of the table on a page of our own, and none of them on a page that only mentions its words."""

from datetime import datetime

import pytest

from crawler.accounts.reader import read_account
from crawler.accounts.states import STATE_SIGNS, StateSign, gone_sign, status_sign
from crawler.outcomes import valid_reason
from crawler.read.page import Page
from crawler.records import BEIJING

NOW = datetime(2026, 9, 2, 9, 0, tzinfo=BEIJING)
HOMES = {
    "wechat": "https://mp.weixin.qq.com/s/AbCdEfGhIjKlMnOpQrStUv",
    "weibo": "https://weibo.com/u/1234567890",
    "douyin": "https://www.douyin.com/user/MS4wLjABAAAAq7wZ0-3kD_yTestTestTestTest",
    "toutiao": "https://www.toutiao.com/c/user/token/MS4wLjABAAAAq7wZ0-3kD_yTestTestTestTest/",
    "bilibili": "https://space.bilibili.com/12345678",
    "kuaishou": "https://live.kuaishou.com/profile/3xabcdefg",
}
WORDED = [(sign, phrase) for sign in STATE_SIGNS for phrase in sign.phrases]
MARKED = [(sign, mark) for sign in STATE_SIGNS for mark in sign.marks]


def family_of(sign: StateSign) -> str:
    return "kuaishou" if "any" in sign.where else sign.where[0]


def notice(words: str, more: str = "") -> bytes:
    box = f'<div class="weui-msg"><h2 class="weui-msg__title">{words}</h2></div>'
    return f"<html><head><title>微信公众平台</title>{more}</head><body>{box}</body></html>".encode()


@pytest.mark.parametrize(("sign", "phrase"), WORDED, ids=[f"{sign.name}-{phrase}" for sign, phrase in WORDED])
def test_each_phrase_of_the_table_tells_its_state(sign: StateSign, phrase: str) -> None:
    for words in (phrase, phrase.replace("账", "帐"), f"抱歉，{phrase}，请返回"):
        found = read_account(Page(notice(words), HOMES[family_of(sign)], NOW, "account"))
        assert (found.outcome, found.account_state) == (sign.outcome, sign.state)
        assert found.reason in {
            other.name for other in STATE_SIGNS if other.state == sign.state and other.outcome == sign.outcome
        }
        assert (found.reading.newest, found.reading.state) == (None, "none")


@pytest.mark.parametrize(("sign", "mark"), MARKED, ids=[f"{sign.name}-{mark}" for sign, mark in MARKED])
def test_each_mark_of_the_table_tells_its_state(sign: StateSign, mark: str) -> None:
    found = read_account(Page(notice("请稍候", f"<script>var a = '{mark}';</script>"), HOMES[family_of(sign)], NOW, "account"))
    assert (found.outcome, found.reason, found.account_state) == (sign.outcome, sign.name, sign.state)


@pytest.mark.parametrize("sign", STATE_SIGNS, ids=lambda sign: sign.name)
def test_each_sign_is_a_reason_of_its_outcome(sign: StateSign) -> None:
    assert valid_reason(sign.outcome, sign.name)
    assert sign.what


def test_captchas_and_limits_are_challenges_and_tell_nothing_of_the_account() -> None:
    for sign in STATE_SIGNS:
        if sign.outcome == "challenged":
            assert sign.state == "unknown"


def test_a_post_that_quotes_every_phrase_is_a_post() -> None:
    words = "；".join(phrase for _, phrase in WORDED)
    content = f'<div id="js_content"><p>{words}</p></div><script>var ct = "1788229230";</script>'
    body = f'<html><body class="rich_media">{content}</body></html>'
    found = read_account(Page(body.encode(), HOMES["wechat"], NOW, "account"))
    assert (found.outcome, found.account_state, found.reading.newest) == (None, "alive", "2026-09-01T10:20:30+08:00")


def test_words_of_one_platform_are_not_looked_for_on_another() -> None:
    assert gone_sign("<p>此账号已自主注销，内容无法查看</p>", "", "weibo") is None
    assert gone_sign("<p>请完成安全验证</p>", "", "weibo") is not None


def test_a_long_page_is_no_notice() -> None:
    assert gone_sign("<p>链接已过期</p>" + "<p>各单位认真落实工作要求。</p>" * 300) is None


@pytest.mark.parametrize(("status", "family", "name"), [(432, "weibo", "weibo_visitor"), (412, "bilibili", "bilibili_refused")])
def test_a_status_that_only_one_platform_uses_is_its_challenge(status: int, family: str, name: str) -> None:
    sign = status_sign(status, family)
    assert sign is not None
    assert (sign.name, sign.outcome) == (name, "challenged")
    assert status_sign(status, "wechat") is None
    assert status_sign(404, family) is None
