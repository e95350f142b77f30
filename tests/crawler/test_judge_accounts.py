"""What answers of platforms amount to: by the type that the register prints, and by statuses with a meaning of their own."""

from datetime import datetime

import pytest

from crawler.fetch import Answer
from crawler.judge import Judgement, Look, judge
from crawler.records import BEIJING, Account
from tests.crawler.fakes import sight

NOW = datetime(2026, 11, 22, 9, tzinfo=BEIJING)
ARTICLE = "https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv"
POST = (
    "<html><head><meta property='og:title' content='关于开展安全生产检查的通告'></head><body><div id='js_content'>正文</div>"
    "<script nonce='1'>var real_item_show_type = '0'; var ct = \"1795226400\";</script></body></html>"
)


def judged(url: str, body: str, platform: str | None, status: int = 200, kind: str = "account") -> Judgement:
    answer = Answer(url, "ok", status=status, headers={}, body=body.encode(), content_type="text/html; charset=utf-8")
    return judge(answer, Look(url, kind, NOW, platform=platform))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "status, platform, url, reason",
    [
        (432, "新浪微博", "https://m.weibo.cn/api/container/getIndex?type=uid&value=1", "weibo_visitor"),
        (432, None, "https://m.weibo.cn/api/container/getIndex?type=uid&value=1", "weibo_visitor"),
        (412, "哔哩哔哩", "https://api.bilibili.com/x/space/wbi/arc/search?mid=1", "bilibili_refused"),
    ],
)
def test_a_status_that_a_platform_refuses_by_is_a_challenge(status: int, platform: str | None, url: str, reason: str) -> None:
    found = judged(url, "", platform, status)
    assert (found.outcome, found.reason, found.account) == ("challenged", reason, Account("unknown"))


@pytest.mark.parametrize("kind, platform", [("column", None), ("account", "微信订阅号"), ("account", "今日头条")])
def test_the_same_status_elsewhere_is_not_said_to_be_that_platforms(kind: str, platform: str | None) -> None:
    found = judged("https://www.example.gov.cn/x", "", platform, 432, kind)
    assert (found.outcome, found.reason) == ("challenged", "status_432")


def test_the_printed_type_decides_where_the_address_says_nothing() -> None:
    page = "<html><head><title>某县发布</title></head><body><p>打开客户端查看</p></body></html>"
    found = judged("https://www.example.gov.cn/account", page, "微信视频号")
    assert (found.outcome, found.reason) == ("not_observable", "no_public_view")
    assert judged("https://www.example.gov.cn/account", page, None).outcome == "ok"


def test_the_link_of_a_report_is_read_as_the_account_page_it_is() -> None:
    found = judged(ARTICLE, POST, "微信订阅号", kind="report")
    assert (found.outcome, (found.reading.newest or "")[:10], found.account) == ("ok", "2026-11-21", Account("alive"))
    assert found.observed_by == "public_http"


async def test_a_visit_carries_the_printed_type_to_its_reader() -> None:
    url = "https://www.example.gov.cn/account"
    page = "<html><head><title>某县发布</title></head><body><p>打开客户端查看</p></body></html>"
    seen, _ = await sight({url: page}, url, kind="account", platform="微信视频号")
    assert (seen.outcome, seen.reason, seen.observed_by) == ("not_observable", "no_public_view", "public_http")
