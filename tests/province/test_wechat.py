"""WeChat pages: articles with their `ct`, and what stands where one was (newmedia.md §3)."""

import re
from collections.abc import AsyncIterator

import pytest

from province import Province
from province.files import WECHAT
from province.model import Account
from province.wechat import STATES, published
from tests.province.client import NOW, Seen, ask, running


@pytest.fixture
async def province() -> AsyncIterator[Province]:
    async with running(Province(3, 2, len(STATES), 4, True, NOW)) as made:
        yield made


def in_state(province: Province, state: str) -> Account:
    return next(account for account in province.plan.accounts if account.state == state)


async def page(province: Province, state: str) -> Seen:
    return await ask(province, WECHAT, in_state(province, state).path)


def test_twelve_accounts_show_every_state(province: Province) -> None:
    assert {account.state for account in province.plan.accounts} == set(STATES)


async def test_an_article_bears_its_time_in_ct(province: Province) -> None:
    seen = await page(province, "alive")
    found = re.search(rb'\bct\s*=\s*"(\d+)"', seen.body)
    assert found
    at = published(province.plan, in_state(province, "alive"))
    assert int(found.group(1)) == int(at.timestamp())
    assert at <= NOW
    assert b'id="js_content"' in seen.body
    assert b"real_item_show_type" in seen.body


@pytest.mark.parametrize("state", [name for name, row in STATES.items() if row.words and "redirect" not in name])
async def test_what_is_gone_says_so_with_200_and_no_content(state: str, province: Province) -> None:
    seen = await page(province, state)
    assert seen.status == 200
    assert STATES[state].words.encode() in seen.body
    assert b"js_content" not in seen.body
    assert "<title>微信公众平台</title>".encode() in seen.body


async def test_a_captcha_may_stand_at_another_path(province: Province) -> None:
    seen = await page(province, "captcha_redirect")
    place = (seen.header("Location") or b"").decode()
    assert seen.status == 302
    assert "captcha" in place
    assert "环境异常".encode() in (await ask(province, WECHAT, place)).body


async def test_an_article_nobody_has_is_an_expired_link(province: Province) -> None:
    assert "链接已过期".encode() in (await ask(province, WECHAT, "/s/nobody")).body
