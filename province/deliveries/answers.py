"""Lists whose address stands in the page's own script: UCAP's channel search, and JSON and JSONP of any shape (§3.4, §3.6)."""

import json
from collections.abc import Callable
from typing import Final

from province.deliveries.form import JSON, Ask, Delivery, Reply, Scene
from province.listing import Item
from province.seeds import number

SEARCH: Final = "/common/search/"
_UCAP_FIXED: Final = {"page": "1", "_isAgg": "true", "_isJson": "true", "_template": "index"}


def channel(scene: Scene) -> str:
    return f"{number(scene.column.key, 'channel'):016x}{number(scene.column.key, 'id'):016x}"


def _search_page(scene: Scene) -> str:
    return (
        '<div class="UCAP-list" id="channelList"></div><div id="pagination"></div>\n<script type="text/javascript">\n'
        f'var channelId = "{channel(scene)}"; var pageSize = 15;\n'
        f'$.get("{SEARCH}" + channelId, {{page:1,_pageSize:pageSize,_isAgg:true,_isJson:true,_template:"index"}}, '
        'function(res){renderList(res.data.results, "#channelList");}, "json");\n</script>'
    )


def _search(scene: Scene, ask: Ask) -> Reply | None:
    if ask.path != SEARCH + channel(scene):
        return None
    if scene.column.shape == "source_error" or any(ask.fields.get(name) != value for name, value in _UCAP_FIXED.items()):
        return _json({"status": 500, "message": "服务异常", "data": None})
    results = [
        {
            "title": item.title,
            "url": item.path,
            "publishedTimeStr": f"{item.shown or item.at:%Y-%m-%d %H:%M:%S}",
            "domainMetaList": [{"resultList": [{"key": "refno", "value": f"云府办〔{item.at.year}〕{item.number % 90}号"}]}],
        }
        for item in scene.shown.items
    ]
    return _json({"status": 200, "data": {"total": scene.shown.total, "page": 1, "rows": 15, "results": results}})


def _json(data: object) -> Reply:
    return Reply(json.dumps(data, ensure_ascii=False), JSON)


Entry = Callable[[Item, str], dict[str, object]]

SHAPES: Final[tuple[tuple[Entry, Callable[[list[dict[str, object]], int], object]], ...]] = (
    (
        lambda item, url: {"title": item.title, "url": url, "pubDate": f"{item.shown or item.at:%Y-%m-%d}"},
        lambda rows, total: rows,
    ),
    (
        lambda item, url: {"ID": item.number, "TITLE": item.title, "URL": url,
                           "PUBLISHED_TIME_FORMAT": f"{item.shown or item.at:%Y-%m-%d}"},
        lambda rows, total: {"code": 0, "msg": "", "data": {"total": total, "list": rows}},
    ),
    (
        lambda item, url: {"docTitle": item.title, "docPubUrl": url,
                           "docRelTime": int((item.shown or item.at).timestamp() * 1000), "hits": item.number % 700},
        lambda rows, total: {"success": True, "result": {"count": total, "docs": rows}},
    ),
    (
        lambda item, url: {"name": item.title, "link": url, "publishTime": f"{item.shown or item.at:%Y-%m-%dT%H:%M:%S}+08:00"},
        lambda rows, total: {"page": {"totalElements": total, "number": 0}, "content": rows},
    ),
)  # fmt: skip
"""How an answer's rows and the answer itself are built; the first two give days, then milliseconds, then instants."""


def data_path(scene: Scene) -> str:
    """Where the answer is: files and programs, as sites have them."""
    code = scene.column.code
    return (f"/data/{code}/list_1.json", f"/webapi/info/{code}/page")[scene.column.number % 2]


def _data_page(scene: Scene) -> str:
    path = data_path(scene)
    call = (
        f'var dataUrl = "{path}?pageNo=1&pageSize=20";\n$.getJSON(dataUrl, function(data){{fill("#dataList", data);}});',
        f"$.ajax({{type:'get',url:'{path}?pageNo=1&pageSize=20',dataType:'json',success:function(r){{fill('#dataList',r);}}}});",
    )[scene.column.number // 2 % 2]
    return f'<ul class="list_con" id="dataList"></ul>\n<script type="text/javascript">\n{call}\n</script>'


def _padded_page(scene: Scene) -> str:
    address = f"{data_path(scene)}?callback=showList&pageSize=20"
    return (
        '<ul class="list_con" id="dataList"></ul>\n<script type="text/javascript">function showList(d){fill("#dataList",d);}'
        f'</script>\n<script type="text/javascript" src="{address}"></script>'
    )


def _listed(scene: Scene) -> str:
    entry, whole = SHAPES[number(scene.column.key, "json") % len(SHAPES)]
    absolute = number(scene.column.key, "absolute") % 2 == 0
    head = f"{scene.site.scheme}://{scene.site.host}" if absolute else ""
    told = [entry(item, head + item.path) for item in scene.shown.items]
    return json.dumps(whole(told, scene.shown.total), ensure_ascii=False)


def _data(scene: Scene, ask: Ask) -> Reply | None:
    return Reply(_listed(scene), JSON) if ask.path == data_path(scene) else None


def _padded(scene: Scene, ask: Ask) -> Reply | None:
    if ask.path != data_path(scene):
        return None
    return Reply(f"{ask.fields.get('callback', 'callback')}({_listed(scene)});", "application/javascript;charset=UTF-8")


DELIVERIES: Final = (
    Delivery("ucap", "UCAP's search by channel", body=_search_page, answer=_search),
    Delivery("json", "JSON whose address stands in a script", body=_data_page, answer=_data),
    Delivery("jsonp", "JSONP whose address stands in a script", body=_padded_page, answer=_padded),
)
