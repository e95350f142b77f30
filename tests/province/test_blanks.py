"""Empty lists prove themselves by their source's count; what only looks empty does not."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from province import Province
from tests.province.client import NOW, running
from tests.province.sources import (
    ALL_HEADERS,
    UCAP_QUERY,
    Cell,
    built,
    catalogue,
    cells,
    get,
    page_of,
    proxied,
    searched,
)

BLANK_SOURCES = ("record", "dataproxy", "jpaas", "gkmlpt", "ucap")


@pytest.fixture
async def province() -> AsyncIterator[Province]:
    async with running(Province(36, 20, 0, 5, True, NOW)) as made:
        yield made


async def _count_record(province: Province, cell: Cell) -> bool:
    text = await page_of(province, cell)
    return "totalRecord:0," in text and "<recordset>\n\n</recordset>" in text


async def _count_proxy(province: Province, cell: Cell) -> bool:
    body = (await proxied(province, cell)).body
    return b"<totalrecord>0</totalrecord>" in body and b"<record>" not in body


async def _count_jpaas(province: Province, cell: Cell) -> bool:
    html = json.loads((await built(province, cell, **ALL_HEADERS)).body)["data"]["html"]
    return html == '<ul class="list"></ul>' and 'count="0"' in await page_of(province, cell)


async def _count_gkmlpt(province: Province, cell: Cell) -> bool:
    sid, categories = await catalogue(province, cell)
    seen = await get(province, cell[0], f"/gkmlpt/api/all/{categories[-1]['id']}?page=1&sid={sid}")
    data = json.loads(seen.body)
    return bool(data["classify"]["post_count"] == 0 and data["articles"] == [] and categories[-1]["post_count"] == 0)


async def _count_ucap(province: Province, cell: Cell) -> bool:
    data = (await searched(province, cell, UCAP_QUERY))["data"]
    return bool(data["total"] == 0 and data["results"] == [])


PROOFS: dict[str, Callable[[Province, Cell], Awaitable[bool]]] = dict(
    zip(BLANK_SOURCES, (_count_record, _count_proxy, _count_jpaas, _count_gkmlpt, _count_ucap), strict=True)
)


@pytest.mark.parametrize("delivery", BLANK_SOURCES)
async def test_an_empty_list_is_proved_by_its_sources_count(province: Province, delivery: str) -> None:
    told = {line["target"]: line for line in province.truth()}
    for cell in cells(province, delivery, "blank_source"):
        assert await PROOFS[delivery](province, cell)
        assert told[cell[1].key]["states"] == ["blank"]
        assert told[cell[1].key]["newest"] is None


async def test_a_source_that_fails_proves_nothing(province: Province) -> None:
    told = {line["target"]: line for line in province.truth()}
    assert b"<datastore>" not in (await proxied(province, cells(province, "dataproxy", "source_error")[0])).body
    failed = await built(province, cells(province, "jpaas", "source_error")[0], **ALL_HEADERS)
    assert json.loads(failed.body)["success"] is False
    assert (await searched(province, cells(province, "ucap", "source_error")[0], UCAP_QUERY))["data"] is None
    cell = cells(province, "gkmlpt", "source_error")[0]
    sid, categories = await catalogue(province, cell)
    assert (await get(province, cell[0], f"/gkmlpt/api/all/{categories[0]['id']}?page=1&sid={sid}")).status == 500
    for delivery in ("dataproxy", "jpaas", "ucap", "gkmlpt"):
        for _, column in cells(province, delivery, "source_error"):
            assert set(told[column.key]["states"]) == {"unknown", "dynamic"}


def test_lists_no_plain_client_can_read_have_no_date_in_the_truth(province: Province) -> None:
    told = {line["target"]: line for line in province.truth()}
    states = {
        name: {tuple(told[column.key]["states"]) for _, column in cells(province, name)} for name in ("nextgroup", "spa", "rss")
    }
    assert states == {"nextgroup": {("dynamic",)}, "spa": {("dynamic", "unknown")}, "rss": {("feed",)}}
    assert all(told[column.key]["newest"] is None for name in ("nextgroup", "spa") for _, column in cells(province, name))


def own(text: str) -> str:
    """The middle of a page, from its heading to its end."""
    return text[text.index('<h2 class="lm_title">') : text.index('<div class="links')]


async def test_what_only_looks_empty_bears_no_proof(province: Province) -> None:
    told = {line["target"]: line for line in province.truth()}
    for shape in ("script_unknown", "parent", "error_text"):
        for cell in cells(province, "page", shape):
            part = own(await page_of(province, cell))
            assert cell[1].layout.open in part
            assert not re.search("totalRecord|共0条|共<b>0|暂无|更新中", part)
            assert "blank" not in told[cell[1].key]["states"]
            assert told[cell[1].key]["newest"] is None


async def test_a_column_above_others_links_to_them_and_they_open(province: Province) -> None:
    for cell in cells(province, "page", "parent"):
        part = own(await page_of(province, cell))
        below = re.search(r'<ul class="sub_lm">(.*?)</ul>', part, re.DOTALL)
        assert below
        paths = re.findall(r'href="([^"]+)"', below[1])
        known = {column.path for column in cell[0].columns}
        assert len(known & set(paths)) >= 3


async def test_a_container_filled_from_nowhere_names_a_script_only(province: Province) -> None:
    for cell in cells(province, "page", "script_unknown"):
        part = own(await page_of(province, cell))
        assert re.search(r'<script src="/js/list\.[0-9a-f]{8}\.js"></script>', part)


def test_every_family_has_an_empty_column_in_any_province() -> None:
    for seed in range(10):
        sites = Province(60, 20, 0, seed, True, NOW).plan.sites
        found = {
            column.delivery if column.delivery != "page" else site.dialect.name
            for site in sites
            for column in site.columns
            if column.shape.startswith("blank_") and not (site.fault or column.fault)
        }
        assert found == {"trs", "hanweb", "vsb", *BLANK_SOURCES}
