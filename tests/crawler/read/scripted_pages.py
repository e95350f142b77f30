"""Column pages whose lists are elsewhere, one for each dialect, and what their interfaces answer."""

from datetime import datetime

from crawler.read import Page, read
from crawler.read.page import Found
from crawler.records import BEIJING

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=BEIJING)
HOST = "http://www.example.gov.cn"
FILLER = '<div class="nav"><a href="/">首页</a> <a href="/xwzx/">新闻中心</a> <a href="/zwgk/">政务公开</a></div>' * 12


def page(body: str, head: str = "", name: str = "工作动态") -> str:
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="ColumnName" content="{name}"><title>{name}</title>{head}'
        f"</head><body>{FILLER}<h3>{name}</h3>{body}<div class='foot'>主办：示例县人民政府</div></body></html>"
    )


def found(markup: str, url: str) -> Found:
    return read(Page(markup.encode(), url, NOW))


ROWS = "".join(
    f"<li><a href='/art/2026/art_{n:032x}.html' title='示例县召开第{n}次防汛工作会议'>示例县召开第{n}次防汛工作会议</a>"
    f"<span>2026-11-{20 - n:02d}</span></li>"
    for n in range(6)
)

JPAAS_URL = f"{HOST}/col/col12/index.html"
JPAAS = page(
    "<div class='list' queryData=\"{'webId':'a1','tplSetId':'t2','pageType':'column','tagId':'信息列表','editType':'null',"
    "'parseType':'bulidstatic','pageId':'p3'}\" count=\"386\" rows=\"15\" pageNo=\"1\"></div>"
)

JPAGE_URL = f"{HOST}/col/col31/index.html"
_JPAGE_FIELDS = (
    "{'col':'1','appid':'1','webid':'7','path':'/','columnid':'31','sourceContentType':'1','unitid':'8025','webname':'示例县',"
    "'permissiontype':'0'}"
)
JPAGE = page(
    "<div id='8025'></div><script>$('#8025').jpage({totalRecord:386,perPage:15,"
    f"proxyUrl:'/module/jpage/dataproxy.jsp',ajaxParam:{_JPAGE_FIELDS}}});</script>"
)
RECORDS = "<datastore>{total}<recordset>{rows}</recordset></datastore>"


def records(rows: str = ROWS, total: int | None = None) -> str:
    wrapped = "".join(f"<record><![CDATA[{row}</li>]]></record>" for row in rows.split("</li>") if row)
    return RECORDS.format(total="" if total is None else f"<totalrecord>{total}</totalrecord>", rows=wrapped)


EMBEDDED = page(
    f"<div id='8025'><script type='text/xml'>{records()}</script></div><script>$('#8025').jpage({{totalRecord:6,"
    f"proxyUrl:'/module/web/jpage/dataproxy.jsp',ajaxParam:{_JPAGE_FIELDS}}});</script>"
)

GKMLPT_URL = f"{HOST}/gkmlpt/index"
GKMLPT = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>信息公开目录</title><meta name="ColumnName" content="政策文件">'
    '<script>window._CONFIG = { SID:\'755001\', TREE:[{"id": 10, "name": "目录", "children": '
    '[{"id": 4032, "name": "政策文件", "post_count": 9, "children": []}, {"id": 4033, "name": "公告"}]}]};</script></head>'
    '<body><div id="app"></div><script src="/gkmlpt/js/app.js"></script></body></html>'
)

UCAP_URL = f"{HOST}/zwgk/gzdt/"
UCAP = page(
    '<div class="UCAP-list" id="channelList"></div><script>var channelId = "0123456789abcdef0123456789abcdef";'
    '$.get("/common/search/" + channelId, {page:1}, function(r){draw(r.data.results);});</script>'
)

JSON_URL = f"{HOST}/xwzx/tzgg/index.html"
JSON_ROWS = (
    '[{"title":"关于防汛工作的通知","url":"./a1.html","pubDate":"2026-11-20"},'
    '{"title":"关于供水工程的公告","url":"./a2.html","pubDate":"2026-11-18"},'
    '{"title":"关于秸秆禁烧的通告","url":"./a3.html","pubDate":"2026-11-11"}]'
)
JSON_PAGE = page(
    '<ul id="list"></ul><script>var dataUrl = "/data/tzgg/list_1.json";'
    '$.getJSON(dataUrl + "?pageNo=" + 1, function(d){fill("#list", d);});</script>'
)

FRAME_URL = f"{HOST}/xwzx/gzdt/index.html"
FRAME_PAGE = page('<iframe id="listFrame" name="listFrame" src="list.html" width="100%" height="900"></iframe>')
FRAME = f"<html><head><meta charset='utf-8'><title>工作动态</title></head><body><ul class='list'>{ROWS}</ul></body></html>"

UNDATED_URL = f"{HOST}/xwzx/gzdt/index.html"
TITLES = (
    "示例县召开防汛抗旱工作调度会议",
    "示例县开展秋季安全生产大检查",
    "示例县举办退役军人专场招聘会",
    "示例县推进老旧小区改造工作",
)
UNDATED = page("<ul class='list'>" + "".join(f"<li><a href='{n}.html'>{t}</a></li>" for n, t in enumerate(TITLES)) + "</ul>")


def article(title: str, time: str | None = None, text: str = "") -> str:
    """An article's page; without a time it has a text and nothing that might be one."""
    shown = f"<div>发布时间：{time} 来源：示例县人民政府</div>" if time else "<div>来源：示例县人民政府</div>"
    body = text or "会议强调，各镇各部门要压实责任，细化措施，确保各项任务落到实处，切实保障人民群众生命财产安全。" * 4
    return (
        f"<html><head><meta charset='utf-8'><title>{title}</title></head><body><h1>{title}</h1>{shown}"
        f"<div class='TRS_Editor'><p>{body}</p></div></body></html>"
    )
