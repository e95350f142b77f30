"""Guangdong's disclosure platform (page-conventions.md §3.3): a shell with `window._CONFIG`, and an API in unix seconds.

A site has one such column at most: what stands after # in an address is never sent, so the shell of two would be one page.
"""

import json
from datetime import date
from html import escape
from typing import Final

from province.deliveries.form import JSON, UTF8_HTML, Ask, Delivery, Reply, Scene, Variants
from province.dialects.form import Address
from province.listing import Item
from province.seeds import number

INDEX: Final = "/gkmlpt/index"
API: Final = "/gkmlpt/api/all/"


def sid(scene: Scene) -> str:
    return str(750_000 + number(scene.site.code, "sid") % 9_000)


def category(scene: Scene) -> int:
    return 3_000 + number(scene.column.key, "category") % 6_000


def _path(parent: str, slug: str, place: int) -> str:
    return INDEX


def _post(column: str, day: date, place: int) -> str:
    major = number("gkmlpt", place) % 9_000_000 + 1_000_000
    return f"/gkmlpt/content/{major // 1_000_000}/{major // 1_000}/post_{major}.html"


def _shell(scene: Scene) -> Reply:
    leaf = {
        "id": category(scene),
        "name": scene.column.name,
        "post_count": 37 if scene.column.shape == "source_error" else scene.shown.total,
        "jump_url": "",
        "children": [],
    }
    tree = [leaf]
    if scene.site.number % 2:
        tree = [{**leaf, "id": category(scene) + 7_000, "name": "政府信息公开目录", "children": [leaf]}]
    named = f'<meta name="ColumnName" content="{scene.column.name}">\n' if scene.site.number % 3 else ""
    text = (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{escape(scene.site.name)}信息公开目录</title>\n"
        f'<meta name="SiteName" content="{escape(scene.site.name)}">\n<meta name="SiteIDCode" content="{scene.site.code}">\n'
        f'<meta name="SiteDomain" content="{scene.site.host}">\n{named}'
        f"<script>window._CONFIG = {{ DEBUG: false, SID:'{sid(scene)}', SERVICE_AREA_ID: {scene.site.number + 1}, "
        f"SITE_NAME: '{scene.site.unit}', TREE: {json.dumps(tree, ensure_ascii=False)}, UPDATED: '{scene.moment:%Y-%m-%d}' }};"
        '</script>\n<link rel="stylesheet" href="/gkmlpt/css/app.1c3d.css"></head>\n<body><div id="app"></div>'
        '<script src="/gkmlpt/js/chunk-vendors.7f20.js"></script><script src="/gkmlpt/js/app.55e1.js"></script></body></html>\n'
    )
    return Reply(text, UTF8_HTML)


def _answer(scene: Scene, ask: Ask) -> Reply | None:
    if ask.path not in (f"{API}{category(scene)}", f"{API}{category(scene) + 7_000}"):
        return None
    if scene.column.shape == "source_error" or ask.fields.get("sid") != sid(scene):
        return Reply(json.dumps({"message": "Server Error"}), JSON, 500)
    data = {
        "classify": {"id": category(scene), "name": scene.column.name, "post_count": scene.shown.total},
        "articles": [_article(scene, item) for item in scene.shown.items] if ask.fields.get("page", "1") == "1" else [],
    }
    return Reply(json.dumps(data, ensure_ascii=False), JSON)


def _article(scene: Scene, item: Item) -> dict[str, object]:
    shown = item.shown or item.at
    address = f"{scene.site.scheme}://{scene.site.host}{item.path}"
    return {
        "id": item.number,
        "title": item.title,
        "url": address,
        "post_url": address,
        "date": int(shown.timestamp()),
        "display_publish_time": int(shown.timestamp()),
        "created_at": f"{shown:%Y-%m-%d %H:%M:%S}",
        "publisher": scene.site.unit,
        "identifier": f"{scene.site.code}/{shown.year}-{item.number:05d}",
        "document_number": f"云府〔{shown.year}〕{item.number % 90}号",
        "is_expired": 0,
        "is_abolished": 0,
    }


DELIVERIES: Final = (
    Delivery(
        "gkmlpt",
        "gkmlpt shell and API",
        whole=_shell,
        answer=_answer,
        places=Variants(_path, Address("post", _post, False)),
    ),
)
