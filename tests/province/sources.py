"""Reads the lists that do not stand in their page as page-conventions.md §3 describes them, with a plain client."""

import json
import re
import ssl
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import urlencode

from province import Province
from province.deliveries import DELIVERIES
from province.model import Column, Site
from tests.province.client import NOW, Seen, ask

Cell = tuple[Site, Column]


def cells(province: Province, delivery: str, *shapes: str) -> list[Cell]:
    found = [
        (site, column)
        for site in province.plan.sites
        for column in site.columns
        if column.delivery == delivery and (not shapes or column.shape in shapes)
    ]
    assert found, (delivery, shapes)
    return found


def lists(province: Province, delivery: str) -> list[Cell]:
    return cells(province, delivery, "plain", "unordered", "pinned_silent", "future")


async def get(province: Province, site: Site, target: str, **more: Any) -> Seen:
    if site.scheme == "http":
        return await ask(province, site.host, target, **more)
    return await ask(province, site.host, target, port="443", tls=trusting(), **more)


def trusting() -> ssl.SSLContext:
    """Certificates are the subject of other tests."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def page_of(province: Province, cell: Cell) -> str:
    site, column = cell
    seen = await get(province, site, column.path)
    assert seen.status == 200
    charset = "utf-8" if DELIVERIES[column.delivery].whole else site.declaration.charset
    return unescape(seen.body.decode(charset))


def rows_of(province: Province, cell: Cell, text: str) -> None:
    """Every item of the list stands in `text` with title, absolute path and date."""
    site, column = cell
    shown = province.renderer.listing(site, column)
    assert shown.items
    for item in shown.items:
        assert item.title in unescape(text)
        assert f'href="{item.path}"' in text
        assert item.shown is not None
        assert column.writing.write(item.shown, NOW.date()) in text


def newest_of(days: list[date]) -> date:
    return max(day for day in days if day <= NOW.date())


def newest(province: Province, cell: Cell) -> date | None:
    return province.renderer.listing(*cell).newest


async def proxied(province: Province, cell: Cell, method: str = "GET", **wrong: str) -> Seen:
    """What dataproxy.jsp answers to the fields that the page holds."""
    text = await page_of(province, cell)
    path = re.search(r"proxyUrl:'([^']+)'", text)
    held = re.search(r"ajaxParam:\{([^}]+)\}", text)
    assert path
    assert held
    fields = dict(re.findall(r"'(\w+)':'([^']*)'", held[1])) | wrong
    assert fields.keys() == {
        "col", "appid", "webid", "path", "columnid", "sourceContentType", "unitid", "webname", "permissiontype"
    }  # fmt: skip
    counted = f"{path[1]}?startrecord=1&endrecord=45&perpage=15"
    if method == "POST":
        return await get(province, cell[0], counted, form=urlencode(fields).encode())
    return await get(province, cell[0], f"{counted}&{urlencode(fields)}")


def records(text: str) -> str:
    return "\n".join(re.findall(r"<record><!\[CDATA\[(.*?)\]\]></record>", text, re.DOTALL))


async def built(province: Province, cell: Cell, drop: str = "", **headers: str) -> Seen:
    """What build/unit answers to the parameters in the page's queryData."""
    text = await page_of(province, cell)
    held = re.search(r'queryData="\{([^"]+)\}" count="\d+" rows="15" pageNo="1"', text)
    assert held
    fields = dict(re.findall(r"'(\w+)':'([^']*)'", held[1]))
    assert fields.keys() == {"parseType", "webId", "tplSetId", "pageType", "tagId", "editType", "pageId"}
    fields.pop(drop, None)
    target = f"/api-gateway/jpaas-publish-server/front/page/build/unit?{urlencode(fields)}"
    return await get(province, cell[0], target, **headers)


ALL_HEADERS = {"Referer": "http://www.x.gov.cn/", "X_Requested_With": "XMLHttpRequest"}


async def catalogue(province: Province, cell: Cell) -> tuple[str, list[dict[str, Any]]]:
    """SID and the flattened TREE of the shell's _CONFIG."""
    text = await page_of(province, cell)
    sid = re.search(r"window\._CONFIG = \{.*?SID:'(\d+)'", text)
    assert sid
    tree, _ = json.JSONDecoder().raw_decode(text, text.index("TREE: ") + len("TREE: "))
    flat = [*tree, *(child for row in tree for child in row["children"])]
    assert all({"id", "name", "post_count", "jump_url", "children"} == row.keys() for row in flat)
    return sid[1], flat


async def searched(province: Province, cell: Cell, query: str) -> dict[str, Any]:
    channel = re.search(r'channelId = "([0-9a-f]{32})"', await page_of(province, cell))
    assert channel
    found: dict[str, Any] = json.loads((await get(province, cell[0], f"/common/search/{channel[1]}?{query}")).body)
    return found


UCAP_QUERY = "page=1&_pageSize=15&_isAgg=true&_isJson=true&_template=index"
