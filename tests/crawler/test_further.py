"""Columns whose page tells no date: what a visit asks further, what that proves, and where it stops."""

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch import Answer
from crawler.records import Gap, Reading, RoundEnd, Sighting
from crawler.visit import digest_of, host_of
from tests.crawler.fakes import FakeFetcher, Told, crawler_of, failed, moved, page, round_of, run, sight, visit
from tests.crawler.read import scripted_pages as pages
from tests.crawler.read.scripted_pages import FRAME_URL, HOST, JSON_URL, UNDATED_URL

URL = f"{HOST}/xwzx/gzdt/index.html"
LIST = pages.page("<ul class='list'>" + pages.ROWS.replace("/art/2026/", "/xwzx/gzdt/") + "</ul>")
ARTICLES = [f"{HOST}/xwzx/gzdt/{n}.html" for n in range(4)]
GKMLPT_API = f"{HOST}/gkmlpt/api/all/4032?page=1&sid=755001"
UCAP_API = f"{HOST}/common/search/0123456789abcdef0123456789abcdef?page=1&_pageSize=15&_isAgg=true&_isJson=true&_template=index"
API = f"{HOST}/data/tzgg/list_1.json?pageNo=1"


def flags(sighting: Sighting) -> dict[str, str]:
    return {flag.name: flag.evidence for flag in sighting.flags}


def reading(sighting: Sighting) -> Reading:
    assert sighting.reading is not None
    return sighting.reading


def followed(*times: str | None) -> dict[str, Told]:
    """A list without dates and its first articles."""
    told: dict[str, Told] = {UNDATED_URL: pages.UNDATED}
    told.update({ARTICLES[n]: pages.article(pages.TITLES[n], time) for n, time in enumerate(times)})
    return told


# ---- further requests: interfaces ----


async def test_an_interface_tells_the_date_that_the_page_does_not() -> None:
    seen, fetcher = await sight({JSON_URL: pages.JSON_PAGE, API: pages.JSON_ROWS}, JSON_URL)
    assert fetcher.asked == [JSON_URL, API]
    told = reading(seen)
    assert (told.state, told.newest, told.source, told.items, seen.requests) == ("list", "2026-11-20", "api", 3, 2)
    assert seen.items[0].url == f"{HOST}/xwzx/tzgg/a1.html"
    assert flags(seen)["filled_by"] == f"script: {API}"


async def test_a_column_read_by_further_requests_is_never_unchanged() -> None:
    seen, _ = await sight({JSON_URL: pages.JSON_PAGE, API: pages.JSON_ROWS}, JSON_URL)
    assert (seen.digest, seen.etag, seen.last_modified) == (None, None, None)
    seen, _ = await sight({JSON_URL: pages.JSON_PAGE}, JSON_URL)
    assert (seen.digest, seen.etag) == (None, None)


async def test_headers_and_forms_are_sent_with_the_request() -> None:
    proxy = f"{HOST}/module/jpage/dataproxy.jsp?startrecord=1&endrecord=45&perpage=15"
    seen, fetcher = await sight({pages.JPAGE_URL: pages.JPAGE, proxy: pages.records()}, pages.JPAGE_URL)
    posted = next(ask for ask in fetcher.asks if ask.form is not None)
    assert dict(posted.headers)["Referer"] == pages.JPAGE_URL
    assert dict(posted.form or ())["unitid"] == "8025"
    assert (reading(seen).newest, seen.requests) == ("2026-11-20", 3)


async def test_a_total_of_zero_from_the_columns_interface_is_blank() -> None:
    seen, _ = await sight({pages.GKMLPT_URL: pages.GKMLPT, GKMLPT_API: _gkmlpt(0)}, pages.GKMLPT_URL)
    assert reading(seen).state == "blank" and "filled_by" in flags(seen)


def _gkmlpt(count: int) -> str:
    return json.dumps({"classify": {"post_count": count}, "articles": []})


@pytest.mark.parametrize(
    "answer",
    [
        failed(API, "timeout", "first_byte"),
        page(API, _gkmlpt(0), partial=True),
        page(API, _gkmlpt(0), outcome="timeout", reason="body"),
        page(API, _gkmlpt(0), status=500),
        page(API, _gkmlpt(0), status=403),
        page(API, ""),
        page(API, "{}"),
        page(API, '{"classify":{"post_count":0},"articles":['),
        page(API, _gkmlpt(12)),
        page(API, "<html><title>访问验证</title><body>请按住滑块，拖动到最右边</body></html>"),
    ],
)
async def test_a_failed_partial_or_strange_answer_proves_nothing(answer: Answer) -> None:
    seen, _ = await sight({pages.GKMLPT_URL: pages.GKMLPT, GKMLPT_API: answer._replace(url=GKMLPT_API)}, pages.GKMLPT_URL)
    assert (seen.outcome, reading(seen).state, reading(seen).newest) == ("ok", "dynamic", None)
    assert flags(seen)["dynamic"].startswith("gkmlpt: ")


async def test_a_zero_of_some_other_address_is_not_the_columns() -> None:
    seen, _ = await sight({JSON_URL: pages.JSON_PAGE, API: '{"total":0,"list":[]}'}, JSON_URL)
    assert reading(seen).state in ("unknown", "dynamic")


async def test_a_page_that_was_cut_is_not_blank_by_its_interface() -> None:
    shell = page(pages.GKMLPT_URL, pages.GKMLPT, partial=True)
    seen, _ = await sight({pages.GKMLPT_URL: shell, GKMLPT_API: _gkmlpt(0)}, pages.GKMLPT_URL)
    assert reading(seen).state in ("unknown", "dynamic")


async def test_two_lists_that_might_be_the_columns_are_not_chosen_from() -> None:
    markup = pages.page("<script>$.get('/data/list1.json',f); $.get('/data/list2.json',g);</script>")
    told: dict[str, Told] = {JSON_URL: markup, f"{HOST}/data/list1.json": pages.JSON_ROWS.replace("./a", "/x/a")}
    alone, _ = await sight(told | {f"{HOST}/data/list2.json": '{"code":0}'}, JSON_URL)
    assert reading(alone).newest == "2026-11-20"
    both, _ = await sight(told | {f"{HOST}/data/list2.json": pages.JSON_ROWS.replace("./a", "/y/a")}, JSON_URL)
    assert reading(both).newest is None and "several lists" in flags(both)["dynamic"]
    own, _ = await sight(told | {f"{HOST}/data/list2.json": pages.JSON_ROWS.replace("11-20", "11-19")}, JSON_URL)
    assert reading(own).newest == "2026-11-19"


async def test_where_one_of_two_addresses_fails_the_other_proves_nothing() -> None:
    markup = pages.page("<script>$.get('/data/list1.json',f); $.get('/data/list2.json',g);</script>")
    seen, _ = await sight({JSON_URL: markup, f"{HOST}/data/list1.json": pages.JSON_ROWS}, JSON_URL)
    assert reading(seen).newest is None


async def test_an_interface_whose_rows_bear_no_date_is_followed() -> None:
    told = followed("2026-11-12 10:00", "2026-11-11 10:00", "2026-11-10 10:00")
    listed = [{"title": title, "url": ARTICLES[n]} for n, title in enumerate(pages.TITLES)]
    told |= {pages.UCAP_URL: pages.UCAP, UCAP_API: json.dumps({"data": {"total": 4, "results": listed}})}
    seen, fetcher = await sight(told, pages.UCAP_URL)
    assert len(fetcher.asked) == 5
    assert (reading(seen).newest, reading(seen).source, reading(seen).items) == ("2026-11-12T10:00:00+08:00", "article", 4)


# ---- further requests: frames ----


async def test_a_list_in_a_frame_is_read() -> None:
    seen, _ = await sight({FRAME_URL: pages.FRAME_PAGE, f"{HOST}/xwzx/gzdt/list.html": LIST}, FRAME_URL)
    assert (reading(seen).newest, seen.requests, seen.digest) == ("2026-11-20", 2, None)
    assert flags(seen)["filled_by"].startswith("frame: ")


async def test_a_frame_that_a_script_fills_is_asked_one_floor_below_and_no_further() -> None:
    told: dict[str, Told] = {FRAME_URL: pages.FRAME_PAGE, f"{HOST}/xwzx/gzdt/list.html": pages.UCAP}
    row = {"title": "关于防汛的通知", "url": "/a/1.html", "publishedTimeStr": "2026-11-19 09:30:00"}
    seen, _ = await sight(told | {UCAP_API: json.dumps({"data": {"total": 1, "results": [row]}})}, FRAME_URL)
    assert reading(seen).newest == "2026-11-19T09:30:00+08:00"
    endless = {FRAME_URL: pages.FRAME_PAGE, f"{HOST}/xwzx/gzdt/list.html": pages.FRAME_PAGE.replace("list.html", "b.html"),
               f"{HOST}/xwzx/gzdt/b.html": pages.FRAME_PAGE.replace("list.html", "c.html")}  # fmt: skip
    seen, fetcher = await sight(endless, FRAME_URL)
    assert reading(seen).newest is None and len(fetcher.asked) == 3


# ---- further requests: follow ----


async def test_the_newest_of_three_articles_is_the_lists_newest() -> None:
    seen, fetcher = await sight(followed("2026-11-12 10:00", "2026-11-18 16:30", "2026-11-10 10:00"), UNDATED_URL)
    told = reading(seen)
    assert (told.state, told.newest, told.source) == ("list", "2026-11-18T16:30:00+08:00", "article")
    assert (told.items, told.dated, told.item_url, told.title) == (4, 3, ARTICLES[1], pages.TITLES[1])
    assert told.oldest == "2026-11-10T10:00:00+08:00"
    assert [item.date is None for item in seen.items] == [False, False, False, True]
    assert seen.requests == 4 and {"followed", "unordered"} <= set(flags(seen))
    assert fetcher.asked == [UNDATED_URL, *ARTICLES[:3]]


async def test_nothing_can_be_newer_than_today() -> None:
    seen, fetcher = await sight(followed("2026-11-22 08:00"), UNDATED_URL)
    assert reading(seen).newest == "2026-11-22T08:00:00+08:00" and len(fetcher.asked) == 2


async def test_articles_that_all_open_and_bear_no_time_are_undated() -> None:
    seen, _ = await sight(followed(None, None, None), UNDATED_URL)
    assert (reading(seen).state, reading(seen).newest, reading(seen).items) == ("undated", None, 4)
    assert flags(seen)["followed"].startswith("0 of 3")


@pytest.mark.parametrize(
    "third",
    [
        failed(ARTICLES[2], "timeout", "body"),
        page(ARTICLES[2], pages.article(pages.TITLES[2]), status=500),
        page(ARTICLES[2], pages.article(pages.TITLES[2]), partial=True),
        page(ARTICLES[2], pages.article("另一篇文章的标题在这里")),
        page(ARTICLES[2], pages.article(pages.TITLES[2], text="短")),
        page(ARTICLES[2], pages.article(pages.TITLES[2], text="正文。" * 80 + "</p><p>2026年11月3日")),
        page(ARTICLES[2], pages.article(pages.TITLES[2], text="正文。" * 80 + "</p><p>发布时间：<span id='t'></span>")),
        page(ARTICLES[2], '<div id="app"></div><script src="/app.js"></script>'),
        page(ARTICLES[2], "<title>404</title><h1>页面不存在</h1>"),
        moved(ARTICLES[2], "http://other.gov.cn/a.html"),
        moved(ARTICLES[2], f"{HOST}/"),
        moved(ARTICLES[2], ARTICLES[2]),
    ],
)
async def test_one_article_that_was_not_opened_or_may_bear_a_time_leaves_the_list_unknown(third: Answer) -> None:
    for times in ((None, None), ("2026-11-02 10:00", "2026-11-01 10:00")):
        seen, _ = await sight(followed(*times) | {ARTICLES[2]: third}, UNDATED_URL)
        assert (reading(seen).state, reading(seen).newest) == ("unknown", None)
        assert "unfollowed" in flags(seen)


async def test_a_date_in_the_title_in_a_sentence_or_in_the_heads_calendar_is_not_the_articles() -> None:
    title = "关于自2026年3月1日起施行新规定的公告"
    text = "今天是 2026年11月22日 星期日</p><p>会议于2026年11月3日召开，部署了下一步工作，要求各部门抓好落实。" + "正文。" * 60
    told = followed(None, None, None) | {UNDATED_URL: pages.UNDATED.replace(pages.TITLES[0], title)}
    seen, fetcher = await sight(told | {ARTICLES[0]: pages.article(title, text=text)}, UNDATED_URL)
    assert len(fetcher.asked) == 4
    assert reading(seen).state == "undated"


async def test_an_article_that_moved_on_its_host_is_opened_there() -> None:
    told = followed("2026-11-12 10:00", "2026-11-11 10:00") | {
        ARTICLES[2]: moved(ARTICLES[2], f"{HOST}/new/2.html"),
        f"{HOST}/new/2.html": pages.article(pages.TITLES[2], "2026-11-15 09:10"),
    }  # fmt: skip
    seen, _ = await sight(told, UNDATED_URL)
    assert reading(seen).newest == "2026-11-15T09:10:00+08:00" and seen.requests == 5


async def test_no_more_than_four_further_requests_are_made() -> None:
    hops: dict[str, Told] = {f"{HOST}/h{n}": moved(f"{HOST}/h{n}", f"{HOST}/h{n + 1}") for n in range(9)}
    seen, fetcher = await sight(
        followed("2026-11-12 10:00") | hops | {ARTICLES[1]: moved(ARTICLES[1], f"{HOST}/h0")}, UNDATED_URL
    )
    assert len(fetcher.asked) == 5
    assert (reading(seen).state, reading(seen).newest) == ("unknown", None)


async def test_rows_that_lead_to_other_hosts_are_not_followed() -> None:
    markup = pages.UNDATED.replace("href='1.html'", "href='http://mp.weixin.qq.com/s/a'")
    seen, fetcher = await sight(followed("2026-11-12 10:00") | {UNDATED_URL: markup}, UNDATED_URL)
    assert fetcher.asked == [UNDATED_URL] and reading(seen).state == "unknown"
    assert flags(seen)["elsewhere"] == "http://mp.weixin.qq.com/s/a"
    assert seen.digest == digest_of(markup.encode())


# ---- further requests: broken off ----


async def test_no_further_request_begins_after_the_rounds_deadline() -> None:
    fetcher = FakeFetcher(followed("2026-11-12 10:00"))
    seen, _ = await run(crawler_of(fetcher), round_of(visit(UNDATED_URL), gap=Gap(0, 5, 5), deadline_s=0.5))
    assert fetcher.asked == [UNDATED_URL]
    assert isinstance(seen, Sighting) and "interrupted" in flags(seen) and reading(seen).state == "unknown"


async def test_a_host_that_asks_to_be_left_alone_is_not_asked_any_further() -> None:
    busy = Answer(ARTICLES[0], "ok", status=429, headers={}, retry_after_s=60.0)
    fetcher = FakeFetcher(followed() | {ARTICLES[0]: busy})
    seen, end = await run(crawler_of(fetcher), round_of(visit(UNDATED_URL, 0), visit(URL, 1)))
    assert fetcher.asked == [UNDATED_URL, ARTICLES[0]]
    assert isinstance(seen, Sighting) and reading(seen).state == "unknown"
    assert end == RoundEnd(7, (1,), 0.0, 60.0)


async def test_each_further_request_has_the_visits_deadline_and_all_of_them_count() -> None:
    fetcher = FakeFetcher(followed("2026-11-12 10:00", "2026-11-11 10:00", "2026-11-10 10:00"), response_s=0.5)
    seen, _ = await run(crawler_of(fetcher), round_of(visit(UNDATED_URL)))
    assert isinstance(seen, Sighting) and (seen.requests, seen.elapsed_s) == (4, 2.0)
    assert [ask.deadline_s for ask in fetcher.asks] == [30.0] * 4
    assert seen.final_url == UNDATED_URL and seen.bytes == len(pages.UNDATED.encode())


@pytest.mark.parametrize("kind", ["home", "probe", "report"])
async def test_only_columns_are_followed(kind: str) -> None:
    _, fetcher = await sight(followed("2026-11-12 10:00") | {pages.JPAAS_URL: pages.JPAAS}, UNDATED_URL, kind=kind)
    assert fetcher.asked == [UNDATED_URL]


# ---- any bytes ----

_PAGES = st.sampled_from([pages.JPAAS, pages.JPAGE, pages.GKMLPT, pages.UCAP, pages.JSON_PAGE, pages.FRAME_PAGE, pages.UNDATED])
_ANSWERS = st.one_of(
    st.binary(max_size=300),
    st.sampled_from(
        [pages.JSON_ROWS, pages.records(), pages.FRAME, pages.article(pages.TITLES[0]), "{}", "[]", _gkmlpt(0)]
    ).map(str.encode),
)


class _Anything(FakeFetcher):
    def __init__(self, url: str, first: bytes, answers: list[bytes]) -> None:
        super().__init__({url: first})
        self._answers = answers

    async def fetch(self, ask):  # type: ignore[no-untyped-def]
        if ask.url not in self.pages:
            self.pages[ask.url] = self._answers[len(self.asked) % len(self._answers)]
        return await super().fetch(ask)


@given(_PAGES, st.binary(max_size=60), st.integers(0, 3000), st.lists(_ANSWERS, min_size=1, max_size=4))
def test_any_bytes_as_page_and_answers_give_a_judgement(markup: str, noise: bytes, place: int, answers: list[bytes]) -> None:
    raw = markup.encode()
    fetcher = _Anything(URL, raw[:place] + noise + raw[place:], answers)
    seen, end = asyncio.run(run(crawler_of(fetcher), round_of(visit(URL))))
    assert isinstance(seen, Sighting) and isinstance(end, RoundEnd)
    assert seen.outcome != "internal"
    assert len(fetcher.asked) == seen.requests <= 5
    assert all(host_of(url) == "www.example.gov.cn" for url in fetcher.asked)
    assert all(len(flag.evidence) <= 200 for flag in seen.flags)
