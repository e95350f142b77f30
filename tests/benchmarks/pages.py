"""Column pages for the benchmarks: 38 KB each, like a county's TRS list page, with bytes distinct per URL.

About 600 elements and a fifth of inline script, which a bare lxml parse takes as long for as for real column pages of that
size (0.2 to 0.3 ms on the machine this was written on).
"""

from typing import Final

SIZE: Final = 38_000
ROWS: Final = 20

_MENU: Final = "".join(
    f'<li class="nav-item"><a href="/{word}/index.html" target="_blank">{name}</a><dl>'
    + "".join(f'<dd><a href="/{word}/{number}/">{name}第{number}类</a></dd>' for number in range(8))
    + "</dl></li>"
    for word, name in (
        ("zwgk", "政务公开"),
        ("zwfw", "政务服务"),
        ("hdjl", "互动交流"),
        ("xwzx", "新闻中心"),
        ("zjqx", "走进青溪"),
        ("tzgg", "通知公告"),
        ("zcwj", "政策文件"),
        ("ghjh", "规划计划"),
        ("rsxx", "人事信息"),
        ("sjfb", "数据发布"),
    )
)
_SITES: Final = "".join(
    f'<li class="link" id="l{number}"><a href="http://www.qx{number:02d}.gov.cn/" title="第{number}镇" target="_blank">'
    f'<b class="t">第{number}镇</b></a></li>'
    for number in range(120)
)


def _row(host: int, column: int, changed: int, row: int) -> str:
    day = f"{11 - row // 10:02d}-{21 - row % 10:02d}"
    title = f"青溪县第{host}单位关于第{column}号栏目第{row}项工作进展情况的通报（{changed}）"
    href = f"./2026{day[:2]}/t2026{day.replace('-', '')}_{host:03d}{column:03d}{changed:02d}{row:02d}.html"
    return f'<li><span class="date">2026-{day}</span><a href="{href}" target="_blank" title="{title}">{title}</a></li>'


def page(host: int, column: int, changed: int = 0) -> str:
    """The list page of one column; another `changed`, another page."""
    rows = "\n".join(_row(host, column, changed, row) for row in range(ROWS))
    side = "".join(
        f'<li><a href="/rdwz/t{host}{column}{row}.html">热门文章：群众办事服务指南第{row}期</a></li>' for row in range(10)
    )
    code = f"51150{host:05d}"
    text = f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>工作动态_青溪县第{host}单位</title>
<meta name="SiteName" content="青溪县第{host}单位"><meta name="SiteDomain" content="www.h{host}.gov.cn">
<meta name="SiteIDCode" content="{code}"><meta name="ColumnName" content="工作动态"><meta name="ColumnType" content="工作动态">
<link rel="stylesheet" href="/images/style.css"></head><body><div class="header"><ul class="nav">{_MENU}</ul></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="./">工作动态</a></div>
<div class="main"><div class="list"><ul class="list-ul">
{rows}
</ul><div class="page"><script>createPageHTML(20, 0, "index", "html");</script></div></div>
<div class="side"><h3>热门文章</h3><ul>{side}</ul></div></div>
<div class="links"><ul class="link-list">{_SITES}</ul></div>
<div class="footer"><p>版权所有：青溪县人民政府 网站标识码：{code} 云ICP备05000000号-1</p></div>
"""
    tail = "</body></html>\n"
    open_script, close_script = "<script>var site={", "};</script>\n"
    room = SIZE - len((text + open_script + close_script + tail).encode())
    filler = ",".join(f'k{index}:"v{(index * 7919 + column) % 100000:05d}"' for index in range(room // 10 + 1))[:room]
    return text + open_script + filler + close_script + tail
