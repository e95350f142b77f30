"""What stands around the list on every page of a site, with the dates that are not the column's own.

All of it repeats for one site and one day: clocks, counters and stamps are drawn, not taken from the machine.
"""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final

from province.columns import FOLDERS
from province.listing import Item, listing
from province.model import Column, Plan, Site
from province.places import OFFICES, cities, counties
from province.seeds import number, rng
from province.shapes import SHAPES
from province.titles import TOPICS

WEEKDAYS: Final = "一二三四五六日"

_CSS: Final = """*{margin:0;padding:0}body{font:14px/1.8 "Microsoft YaHei",SimSun,sans-serif;color:#333;background:#f5f7fa}
a{color:#333;text-decoration:none}a:hover{color:#c00}ul,li{list-style:none}img{border:0}.w1200{width:1200px;margin:0 auto}
.top{height:36px;line-height:36px;background:#0b5ea8;color:#fff}.top a{color:#fff}.logo{height:140px}.fl{float:left}
.fr{float:right}.clear{clear:both}.nav{background:#1267b5;height:46px}.nav>li{float:left;position:relative}
.nav>li>a{display:block;padding:0 24px;line-height:46px;color:#fff;font-size:16px}.nav dl{display:none;position:absolute}
.pos{padding:12px 0;color:#666}.left{width:230px}.left h3{background:#1267b5;color:#fff;padding:8px 16px}
.right{width:940px;background:#fff;min-height:600px}.hot{width:230px;margin-top:16px;background:#fff}
.hot li{padding:4px 12px;border-bottom:1px dashed #ddd}.hot i{color:#999;font-style:normal;font-size:12px}
.list_con li,.list-ul li,.list_box li{height:38px;line-height:38px;border-bottom:1px dotted #ccc;padding:0 12px}
.date,.time,.bt-data-time{color:#999;float:right;font-size:13px}.page{padding:20px;text-align:center}
.foot{background:#0b5ea8;color:#fff;padding:24px 0;text-align:center}.foot a{color:#fff}.links select{width:280px}"""

_SCRIPT: Final = """var _tab=function(a,b,n){for(var i=1;i<=n;i++){var m=document.getElementById(a+i);var c=document.
getElementById("con_"+a+"_"+i);if(m){m.className=i==b?"hover":"";}if(c){c.style.display=i==b?"block":"none";}}};
function setHome(o,u){try{o.style.behavior="url(#default#homepage)";o.setHomePage(u);}catch(e){alert("请手动设置首页");}}
function doZoom(s){document.getElementById("zoom").style.fontSize=s+"px";}
function goSearch(){var q=document.getElementById("q").value;if(!q){alert("请输入关键词");return false;}
window.open("/search/?q="+encodeURIComponent(q));return false;}"""


@dataclass(frozen=True)
class Chrome:
    """A site's page parts for one day, as HTML; a page is put together from them (see pages.py)."""

    top: str
    side: str
    hot: str
    foot: str
    hot_first: bool
    stamp: str


def chrome(plan: Plan, site: Site, moment: datetime) -> Chrome:
    """The parts of `site` at `moment`."""
    random = rng(plan.seed, site.code, "chrome")
    stamped = random.random() < 0.4
    return Chrome(
        top=_top(plan, site, moment),
        side=_side(site),
        hot=_hot(plan, site, moment),
        foot=_foot(plan, site, moment),
        hot_first=random.random() < 0.5,
        stamp=f"页面生成时间 {moment:%Y-%m-%d} 06:{site.number % 60:02d}:{number(site.code) % 60:02d}" if stamped else "",
    )


def style() -> str:
    return (
        '<link rel="stylesheet" href="/css/common.css?v=20231018">\n<!-- 模板 V3.2 2022-08-15 -->\n'
        f'<style type="text/css">\n{_CSS}\n</style>\n<script type="text/javascript">\n{_SCRIPT}\n</script>\n'
    )


def today_text(moment: datetime) -> str:
    return f"今天是 {moment.year}年{moment.month}月{moment.day}日 星期{WEEKDAYS[moment.weekday()]}"


def _top(plan: Plan, site: Site, moment: datetime) -> str:
    clock = today_text(moment) if rng(plan.seed, site.code, "clock").random() < 0.6 else ""
    weather = f"{escape(site.region)} 多云转晴 {5 + number(site.code, moment.date()) % 20}℃" if clock else ""
    return (
        f'<div class="top"><div class="w1200"><span class="fl" id="today">{clock} {weather}</span>'
        '<span class="fr"><a href="javascript:void(0)" onclick="setHome(this,location.href)">设为首页</a> | '
        '<a href="/wza/">无障碍阅读</a> | <a href="/big5/">繁體版</a> | <a href="/wap/">手机版</a></span></div></div>\n'
        f'<div class="logo w1200"><a href="/"><img src="/images/logo.png" alt="{escape(site.name)}" width="620" '
        'height="96"></a><form class="fr" onsubmit="return goSearch()"><input id="q" name="q" type="text" '
        'placeholder="请输入关键词"><input type="submit" value="搜索"></form></div>\n'
        f'<ul class="nav" id="nav">{_nav(site)}</ul>\n'
    )


def _nav(site: Site) -> str:
    groups: dict[str, list[Column]] = {}
    for column in site.columns:
        groups.setdefault(FOLDERS.get(_folder(column), "政民互动"), []).append(column)
    parts = ['<li><a href="/">首页</a></li>']
    for name, columns in groups.items():
        inner = "".join(f'<dd><a href="{escape(row.path)}">{row.name}</a></dd>' for row in columns)
        parts.append(f'<li><a href="{escape(columns[0].path)}">{name}</a><dl>{inner}</dl></li>')
    parts.append(f'<li><a href="/hdjl/">互动交流</a></li><li><a href="/bsfw/">办事服务</a><dl>{_services(site)}</dl></li>')
    return "\n".join(parts)


def _services(site: Site) -> str:
    """办事服务: links by office and topic, which make the pages as long as real ones are."""
    count = 15 + number(site.code, "services") % 150
    pairs = [(office, topic) for topic in TOPICS for office in OFFICES]
    start = number(site.code, "first service") % (len(pairs) - count)
    return "\n".join(
        f'<dd><a href="/bsfw/{office.slug}/{site.number * 1000 + place}.html">{office.short}{topic}办理</a></dd>'
        for place, (office, topic) in enumerate(pairs[start : start + count])
    )


def _folder(column: Column) -> str:
    if column.first_level:
        return ""
    return "xwzx" if column.label in ("动态", "要闻", "动态要闻") else "xxgk"


def _side(site: Site) -> str:
    rows = "\n".join(f'<li><a href="{escape(row.path)}">{row.name}</a></li>' for row in site.columns)
    return f'<div class="left fl"><h3>栏目导航</h3><ul class="menu">\n{rows}\n</ul></div>\n'


def _hot(plan: Plan, site: Site, moment: datetime) -> str:
    """热门文章: items of the site's other columns with dates, often newer than the column's own."""
    random = rng(plan.seed, site.code, "hot", moment.date())
    rows = []
    told = [row for row in site.columns if SHAPES[row.shape].dated and not row.shape.startswith("followed")]
    for column in random.sample(told, min(4, len(told))):
        rows += [_hot_row(item) for item in listing(plan, site, column, moment).items[:2]]
    gazette = f'<li><a href="/ztzl/jb/">本周推荐：政府公报</a><i>{moment:%Y-%m-%d}</i></li>'
    del rows[7:]
    if number(site.code, "gazette") % 3:
        rows.insert(random.randint(0, len(rows)), gazette)
    body = "\n".join(rows)
    return f'<div class="hot fr"><h3>热门文章</h3><ul>\n{body}\n</ul></div>\n'


def _hot_row(item: Item) -> str:
    return (
        f'<li><a href="{item.path}" title="{escape(item.title)}">{escape(item.title[:16])}…</a><i>{item.at:%Y-%m-%d}</i></li>'
    )


def _foot(plan: Plan, site: Site, moment: datetime) -> str:
    random = rng(plan.seed, site.code, "foot")
    visits = 100_000 + number(site.code) % 9_000_000 + moment.toordinal() % 1_000 * 37
    mark = f"{number(site.code, 'conac') % 16**16:016X}{number(site.code, 'id') % 16**16:016X}"
    updated = f"最后更新：{moment:%Y-%m-%d}　" if random.random() < 0.3 else ""
    return (
        f'<div class="links w1200">{_links(random.randint(20, 160))}</div>\n'
        f'<div class="foot"><p>主办：{escape(site.unit)}　承办：{escape(site.region)}大数据中心　{updated}</p>'
        f"<p>版权所有 © 2015-{moment.year} {escape(site.name)}　"
        f'<a href="https://beian.miit.gov.cn/">云ICP备{number(site.code, "icp") % 10**8:08d}号-1</a>　'
        f'<a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode={site.code}0001">'
        f"云公网安备 {site.code}0001号</a>　网站标识码：{site.code}</p>"
        f'<p>您是第 <span id="visits">{visits}</span> 位访客　政务服务热线：12345　'
        "工作时间：周一至周五 9:00-17:00</p>"
        f'<p><a href="http://bszs.conac.cn/sitename?method=show&amp;id={mark}"><img src="/images/dzjg.png" alt="党政机关"></a>'
        '<script id="_jiucuo_" sitecode="' + site.code + '" src="https://zfwzgl.www.gov.cn/exposure/jiucuo.js"></script>'
        "</p></div>\n"
    )


def _links(count: int) -> str:
    names = [place.name for place in (*cities(), *counties())][:count]
    options = "".join(
        f'<option value="http://www.yl{index}.example/">{name}人民政府</option>\n' for index, name in enumerate(names)
    )
    return f"<select><option>市县政府网站</option>\n{options}</select>"
