"""Hanweb's jpaas (page-conventions.md §3.2): `queryData` in the page, `build/unit` for the rows."""

import json
from html import escape
from typing import Final

from province.deliveries.form import JSON, Ask, Delivery, Reply, Scene
from province.deliveries.hanweb import PER_PAGE, unit
from province.rows import rows
from province.seeds import number

PATH: Final = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_HEADERS: Final = ((), ("referer",), ("referer", "x-requested-with"))
"""What a host wants to see before it answers, by the host's number."""


def query(scene: Scene) -> dict[str, str]:
    """The parameters that the page holds."""
    site, column = scene.site, scene.column
    return {
        "parseType": "bulidstatic" if site.number % 2 else "buildstatic",
        "webId": f"{number(site.code, 'web'):016x}{number(site.code, 'id'):016x}",
        "tplSetId": f"{number(site.code, 'template'):016x}",
        "pageType": "column",
        "tagId": "信息列表" if column.number % 2 else "当前栏目list",
        "editType": "null",
        "pageId": f"{number(column.key, 'page'):016x}",
    }


def wanted(scene: Scene) -> tuple[str, ...]:
    return _HEADERS[scene.site.number % len(_HEADERS)]


def _body(scene: Scene) -> str:
    held = "{" + ",".join(f"'{name}':'{value}'" for name, value in query(scene).items()) + "}"
    address = f' url="{PATH}"' if scene.site.number % 4 == 0 else ""
    total = 120 + scene.column.number if scene.column.shape == "source_error" else scene.shown.total
    return (
        f'<div class="xxgk_list" id="unit{unit(scene)}" queryData="{escape(held, quote=False)}" count="{total}" '
        f'rows="{PER_PAGE}" pageNo="1"{address}></div>\n'
        '<script type="text/javascript" src="/ui/jpaas/page/pager.js?v=2.6.1"></script>'
    )


def _answer(scene: Scene, ask: Ask) -> Reply | None:
    sent = query(scene)
    if ask.path != PATH or ask.fields.get("pageId") != sent["pageId"]:
        return None
    if any(not ask.headers.get(name) for name in wanted(scene)):
        return Reply("<html><head><title>403 Forbidden</title></head><body>403 Forbidden</body></html>", status=403)
    if scene.column.shape == "source_error":
        return _json({"success": False, "code": "500", "message": "系统繁忙，请稍后再试", "data": None})
    if any(ask.fields.get(name) != value for name, value in sent.items() if name != "editType"):
        return _json({"success": False, "code": "400", "message": "参数错误", "data": None})
    told = "".join(rows(scene.column, scene.shown, scene.moment, relative=False))
    return _json({"success": True, "code": "200", "message": "", "data": {"html": f'<ul class="list">{told}</ul>'}})


def _json(data: object) -> Reply:
    return Reply(json.dumps(data, ensure_ascii=False), JSON)


DELIVERIES: Final = (Delivery("jpaas", "jpaas queryData and build/unit", body=_body, answer=_answer),)
