"""Lists that do not stand in their page: page and source hold what page-conventions.md §3 says."""

import gzip
import json
import re
from collections.abc import AsyncIterator, Callable
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest

from province import Province
from tests.province.client import BEIJING, NOW, running
from tests.province.sources import (
    ALL_HEADERS,
    UCAP_QUERY,
    built,
    catalogue,
    cells,
    get,
    lists,
    newest,
    newest_of,
    page_of,
    proxied,
    records,
    rows_of,
    searched,
)


@pytest.fixture
async def province() -> AsyncIterator[Province]:
    async with running(Province(36, 20, 0, 5, True, NOW)) as made:
        yield made


async def test_embedded_records_hold_the_list(province: Province) -> None:
    for cell in lists(province, "record"):
        text = await page_of(province, cell)
        rows_of(province, cell, records(text))
        assert f"totalRecord:{province.renderer.listing(*cell).total}" in text
        assert cell[1].layout.open not in text


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_proxy_gives_the_records_that_the_page_does_not_hold(province: Province, method: str) -> None:
    for cell in lists(province, "dataproxy"):
        text = await page_of(province, cell)
        assert "<record>" not in text
        seen = await proxied(province, cell, method)
        assert (seen.header("Content-Type") or b"").startswith(b"text/xml")
        rows_of(province, cell, records(seen.body.decode()))


async def test_a_proxy_asked_with_a_wrong_unit_says_nothing(province: Province) -> None:
    seen = await proxied(province, lists(province, "dataproxy")[0], unitid="1")
    assert b"<record>" not in seen.body
    assert b"totalrecord" not in seen.body


async def test_jpaas_gives_html_in_json_for_the_parameters_of_the_page(province: Province) -> None:
    for cell in lists(province, "jpaas"):
        data = json.loads((await built(province, cell, **ALL_HEADERS)).body)
        assert data["success"] is True
        rows_of(province, cell, data["data"]["html"])
        total = province.renderer.listing(*cell).total
        assert f'count="{total}"' in await page_of(province, cell)


async def test_jpaas_asks_some_for_a_referer_and_all_for_its_parameters() -> None:
    bare = set()
    for seed in range(6):
        async with running(Province(36, 20, 0, seed, True, NOW)) as province:
            for cell in lists(province, "jpaas"):
                bare.add((await built(province, cell)).status)
                partial = json.loads((await built(province, cell, "tplSetId", **ALL_HEADERS)).body)
                assert partial["success"] is False
    assert bare == {200, 403}


async def test_gkmlpt_lists_every_category_in_unix_seconds(province: Province) -> None:
    for cell in lists(province, "gkmlpt"):
        assert cell[1].path == "/gkmlpt/index"
        sid, categories = await catalogue(province, cell)
        for category in categories:
            seen = await get(province, cell[0], f"/gkmlpt/api/all/{category['id']}?page=1&sid={sid}")
            data = json.loads(seen.body)
            assert data["classify"]["post_count"] == category["post_count"] == province.renderer.listing(*cell).total
            days = [datetime.fromtimestamp(row["date"], BEIJING).date() for row in data["articles"]]
            assert newest_of(days) == newest(province, cell)
            first = data["articles"][0]
            assert first["date"] == first["display_publish_time"]
            path = "/" + first["url"].split("/", 3)[3]
            assert re.fullmatch(r"/gkmlpt/content/\d+/\d+/post_\d+\.html", path)
            assert (await get(province, cell[0], path)).status == 200


async def test_gkmlpt_without_its_sid_gives_an_error_and_past_the_first_page_no_rows(province: Province) -> None:
    cell = lists(province, "gkmlpt")[0]
    sid, categories = await catalogue(province, cell)
    path = f"/gkmlpt/api/all/{categories[0]['id']}"
    assert (await get(province, cell[0], f"{path}?page=1")).status == 500
    assert json.loads((await get(province, cell[0], f"{path}?page=2&sid={sid}")).body)["articles"] == []
    assert (await get(province, cell[0], f"/gkmlpt/api/all/1?page=1&sid={sid}")).status == 404


def test_a_site_has_one_catalogue_at_most() -> None:
    for seed in range(10):
        for site in Province(30, 30, 0, seed, True, NOW).plan.sites:
            assert sum(column.delivery == "gkmlpt" for column in site.columns) <= 1


async def test_ucap_answers_a_channels_results_with_their_times(province: Province) -> None:
    for cell in lists(province, "ucap"):
        data = (await searched(province, cell, UCAP_QUERY))["data"]
        days = [datetime.fromisoformat(row["publishedTimeStr"]).date() for row in data["results"]]
        assert newest_of(days) == newest(province, cell)
        assert data["total"] == province.renderer.listing(*cell).total
        assert (await searched(province, cell, "page=1"))["data"] is None


def times(data: Any) -> list[date]:
    """Every value that is a time, under whatever key: days, instants, milliseconds."""
    if isinstance(data, list):
        return [day for row in data for day in times(row)]
    if isinstance(data, dict):
        return [day for row in data.values() for day in times(row)]
    if isinstance(data, int) and data > 10**12:
        return [datetime.fromtimestamp(data / 1000, BEIJING).date()]
    if isinstance(data, str) and re.match(r"\d{4}-\d\d-\d\d(T|$)", data):
        return [date.fromisoformat(data[:10])]
    return []


@pytest.mark.parametrize("delivery", ["json", "jsonp"])
async def test_an_answer_whose_address_stands_in_the_script_holds_the_list(delivery: str) -> None:
    kinds = set()
    for seed in range(4):
        async with running(Province(36, 20, 0, seed, True, NOW)) as province:
            for cell in lists(province, delivery):
                address = re.search(r"""["'](/(?:data|webapi)/[^"']+)["']""", await page_of(province, cell))
                assert address
                body = (await get(province, cell[0], address[1])).body.decode()
                data = json.loads(re.sub(r"^showList\(|\);$", "", body) if delivery == "jsonp" else body)
                assert newest_of(times(data)) == newest(province, cell)
                kinds.add(str(sorted(data)) if isinstance(data, dict) else "array")
    assert len(kinds) >= 2


async def test_a_frame_of_the_same_host_holds_the_list(province: Province) -> None:
    for cell in lists(province, "iframe"):
        text = await page_of(province, cell)
        source = re.search(r'<iframe[^>]* src="(/[^"]+)"', text)
        assert source
        assert cell[1].layout.open not in text
        frame = (await get(province, cell[0], source[1])).body.decode(cell[0].declaration.charset)
        rows_of(province, cell, unescape(frame))


async def test_encrypted_ids_lead_to_a_refusal_and_the_page_holds_no_rows(province: Province) -> None:
    for cell in cells(province, "nextgroup"):
        text = await page_of(province, cell)
        address = re.search(r'<nextgroup><!\[CDATA\[<a href="([^"]+)">', text)
        assert address
        assert re.search("columnid=[0-9a-f]{32}&unitid=[0-9a-f]{32}", address[1])
        assert "<record>" not in text
        assert (await get(province, cell[0], address[1])).status == 403


async def test_a_shell_has_some_six_hundred_bytes_and_no_rows(province: Province) -> None:
    for site, column in cells(province, "spa"):
        body = (await get(province, site, column.path)).body
        assert 450 <= len(body) <= 800
        assert b"<a " not in body


def rss(body: bytes) -> list[date]:
    return [
        parsedate_to_datetime(row.text or "").date() for row in ElementTree.fromstring(body).iterfind("channel/item/pubDate")
    ]


def atom(body: bytes) -> list[date]:
    found = ElementTree.fromstring(body).iterfind("{*}entry/{*}published")
    return [datetime.fromisoformat(row.text or "").date() for row in found]


def json_feed(body: bytes) -> list[date]:
    return [datetime.fromisoformat(row["date_published"]).date() for row in json.loads(body)["items"]]


@pytest.mark.parametrize(("delivery", "read"), [("rss", rss), ("atom", atom), ("jsonfeed", json_feed)])
async def test_a_feeds_items_bear_the_newest_date(
    province: Province, delivery: str, read: Callable[[bytes], list[date]]
) -> None:
    for cell in lists(province, delivery):
        seen = await get(province, cell[0], cell[1].path)
        assert newest_of(read(seen.body)) == newest(province, cell)
        item = province.renderer.listing(*cell).items[0]
        assert item.path.encode() in seen.body
        assert (await get(province, cell[0], item.path)).status == 200


async def test_a_feeds_own_stamp_is_the_served_moment(province: Province) -> None:
    site, column = lists(province, "rss")[0]
    body = (await get(province, site, column.path)).body
    assert parsedate_to_datetime(ElementTree.fromstring(body).findtext("channel/lastBuildDate") or "") == NOW


async def test_sources_follow_the_served_day(province: Province) -> None:
    for cell in lists(province, "ucap"):
        before = newest(province, cell)
        province.advance(100)
        data = (await searched(province, cell, UCAP_QUERY))["data"]
        days = [datetime.fromisoformat(row["publishedTimeStr"]).date() for row in data["results"]]
        assert max(days) == newest(province, cell)
        assert before is not None
        assert max(days) >= before


async def test_a_source_shares_its_hosts_fault(province: Province) -> None:
    cell = next(cell for cell in lists(province, "ucap") if cell[0].scheme == "http")
    whole = await searched(province, cell, UCAP_QUERY)
    channel = re.search(r'channelId = "([0-9a-f]{32})"', await page_of(province, cell))
    assert channel
    path = f"/common/search/{channel[1]}?{UCAP_QUERY}"
    province.break_host(cell[0].host, "gzip_unasked")
    seen = await get(province, cell[0], path)
    assert json.loads(gzip.decompress(seen.body)) == whole
    province.break_host(cell[0].host, "http_500")
    assert (await get(province, cell[0], path)).status == 500
    for fault in ("oversized", "length_short", "reset_late"):
        province.break_host(cell[0].host, fault)
        assert (await get(province, cell[0], path)).body.startswith(b'{"status": 200')


async def test_an_error_of_a_source_bears_no_validator() -> None:
    async with running(Province(60, 20, 0, 9, True, NOW)) as province:
        found = [row for delivery in ("nextgroup", "gkmlpt") for row in cells(province, delivery) if row[0].validators]
        for site, column in found:
            text = await page_of(province, (site, column))
            address = re.search(r'href="(/module[^"]+)"', text)
            target = address[1] if address and column.delivery == "nextgroup" else "/gkmlpt/api/all/1?sid=0"
            seen = await get(province, site, target)
            assert seen.status in (403, 404, 500)
            assert seen.header("ETag") is None
            assert seen.header("Last-Modified") is None
        assert found
