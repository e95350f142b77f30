"""Hanweb's two old ways (page-conventions.md §3.2): records embedded in the page, and dataproxy.jsp."""

from typing import Final

from province.deliveries.form import Ask, Delivery, Reply, Scene
from province.rows import rows
from province.seeds import number

PER_PAGE: Final = 15
_PATHS: Final = ("/module/web/jpage/dataproxy.jsp", "/module/jpage/dataproxy.jsp")
_XML: Final = "text/xml;charset=UTF-8"
_STARTED: Final = "<?xml version='1.0' encoding='UTF-8'?>"


def proxy_path(scene: Scene) -> str:
    return _PATHS[scene.site.number % 3 == 2]


def fields(scene: Scene) -> dict[str, str]:
    """What the page tells its script to send."""
    return {
        "col": "1",
        "appid": "1",
        "webid": str(scene.site.number + 1),
        "path": "/",
        "columnid": str(12011 + 13 * scene.column.number),
        "sourceContentType": "1",
        "unitid": unit(scene),
        "webname": scene.site.name,
        "permissiontype": "0",
    }


def unit(scene: Scene) -> str:
    return str(1_000_000 + number(scene.column.key, "unit") % 8_000_000)


def _records(scene: Scene, count: bool) -> str:
    """<datastore> with one record per row; `count`: with the total that not every version writes."""
    records = "\n".join(
        f"<record><![CDATA[\n{row}]]></record>" for row in rows(scene.column, scene.shown, scene.moment, relative=False)
    )
    total = scene.shown.total
    counted = f"<totalrecord>{total}</totalrecord><totalpage>{-(-total // PER_PAGE)}</totalpage>" if count else ""
    return f"<datastore>{counted}\n{_next(scene)}\n<recordset>\n{records}\n</recordset></datastore>"


def _next(scene: Scene) -> str:
    asked = "&".join(f"{name}={value}" for name, value in fields(scene).items() if name != "webname")
    return f'<nextgroup><![CDATA[<a href="{proxy_path(scene)}?page=1&{asked}"></a>]]></nextgroup>'


def _script(scene: Scene, total: int) -> str:
    """The call that fills the list in a browser."""
    sent = ",".join(f"'{name}':'{value}'" for name, value in fields(scene).items())
    return (
        '<script type="text/javascript" src="/module/jslib/jquery/jpage.js"></script>\n<script type="text/javascript">\n'
        f"$(function(){{$('#{unit(scene)}').jpage({{themeName:'default',totalRecord:{total},dataBefore:'<ul>',dataAfter:'</ul>',"
        f"perPage:{PER_PAGE},groupSize:3,barPosition:'bottom',openCookies:false,"
        f"proxyUrl:'{proxy_path(scene)}',ajaxParam:{{{sent}}}}});}});\n</script>"
    )


def _embedded(scene: Scene) -> str:
    total = scene.shown.total
    return (
        f'<div id="{unit(scene)}" class="jpage_list"><script type="text/xml">{_records(scene, count=False)}</script></div>\n'
        + _script(scene, total)
    )


def _fetched(scene: Scene) -> str:
    return f'<div id="{unit(scene)}" class="jpage_list"></div>\n{_script(scene, _told(scene))}'


def _told(scene: Scene) -> int:
    """The total that the page tells; a list whose source fails has one too."""
    return number(scene.column.key) % 900 + 20 if scene.column.shape == "source_error" else scene.shown.total


def _proxy(scene: Scene, ask: Ask) -> Reply | None:
    sent = fields(scene)
    if ask.path != proxy_path(scene) or ask.fields.get("columnid") != sent["columnid"]:
        return None
    if any(ask.fields.get(name) != sent[name] for name in ("unitid", "webid", "appid")):
        return Reply(f"{_STARTED}<datastore></datastore>", _XML)
    if scene.column.shape == "source_error":
        return Reply("<html><body><h1>HTTP Status 500</h1><p>java.lang.NullPointerException</p></body></html>", status=500)
    counted = scene.column.number % 2 == 0 or scene.shown.total == 0
    return Reply(_STARTED + _records(scene, counted), _XML)


def _secret(scene: Scene) -> str:
    """A list whose next address bears encrypted ids, and whose first rows are not in the page."""
    hidden = "".join(f"{number(scene.column.key, word):016x}" for word in ("column", "unit", "web"))
    total = scene.shown.total
    address = f"{proxy_path(scene)}?page=1&appid=1&columnid={hidden[:32]}&unitid={hidden[16:]}"
    return (
        f'<div id="{unit(scene)}" class="jpage_list"><script type="text/xml"><datastore>\n'
        f'<nextgroup><![CDATA[<a href="{address}"></a>]]></nextgroup>\n<recordset></recordset></datastore></script></div>\n'
        f'<script type="text/javascript" src="/module/jslib/jquery/jpage.enc.js"></script>\n<script type="text/javascript">\n'
        f"$(function(){{$('#{unit(scene)}').jpage({{totalRecord:{total},perPage:{PER_PAGE},encrypt:true}});}});\n</script>"
    )


def _refused(scene: Scene, ask: Ask) -> Reply | None:
    """Ids without the script's signature are refused."""
    if ask.path != proxy_path(scene) or ask.fields.get("columnid", "")[:16] != f"{number(scene.column.key, 'column'):016x}":
        return None
    return Reply("<html><body>403 Forbidden</body></html>", status=403)


DELIVERIES: Final = (
    Delivery("record", "Hanweb records embedded in the page", body=_embedded, answer=_proxy),
    Delivery("dataproxy", "Hanweb records from dataproxy.jsp", body=_fetched, answer=_proxy),
    Delivery("nextgroup", "Hanweb records behind encrypted ids", body=_secret, answer=_refused, states=("dynamic",)),
)
