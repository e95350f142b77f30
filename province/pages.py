"""HTML of home pages, columns and articles, from the model and a site's parts. Text only: see answers.py for bytes."""

from datetime import datetime
from html import escape

from province.chrome import Chrome, style
from province.deliveries import DELIVERIES, Scene
from province.dialects.form import Layout
from province.draw import home_columns
from province.listing import Item, Listing, listing
from province.model import Column, Plan, Site
from province.rows import rows
from province.seeds import number, pick
from province.shapes import SHAPES
from province.titles import TOPICS
from province.writings import WRITINGS

HOME_ROWS = 7
ERRORS = (
    "数据加载失败，请刷新页面重试", "系统繁忙，请稍后再试！", "java.sql.SQLException: Connection refused",
    "Error: 服务器内部错误(500)", "栏目数据接口调用异常",
)  # fmt: skip


def column_page(site: Site, column: Column, shown: Listing, parts: Chrome, moment: datetime) -> str:
    """The first page of a column."""
    meta = _column_meta(site, column)
    if column.shape == "single_article":
        meta += _article_meta(site, shown.items[0], dated=True)
    return _document(site, f"{column.name}_{site.name}", meta, parts) % (
        _crumbs(column) + f'<div class="main w1200">{parts.side}{parts.hot if parts.hot_first else ""}'
        f'<div class="right fr"><h2 class="lm_title">{column.name}</h2>\n{column_body(site, column, shown, moment)}\n</div>'
        f'{"" if parts.hot_first else parts.hot}<div class="clear"></div></div>\n'
    )


def _crumbs(column: Column) -> str:
    here = f'<a href="{escape(column.path)}">{column.name}</a>'
    return f'<div class="pos w1200">您现在的位置：<a href="/">首页</a> &gt; {here}</div>\n'


def _document(site: Site, title: str, meta: str, parts: Chrome) -> str:
    """A whole page with one `%s` for its middle."""
    charset = site.declaration.meta
    declared = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">\n' if charset else ""
    stamp = f'<meta name="others" content="{parts.stamp}">\n' if parts.stamp else ""
    text = (
        f"<!DOCTYPE html>\n<html>\n<head>\n{declared}<title>{escape(title)}</title>\n"
        f'<meta name="SiteName" content="{escape(site.name)}">\n<meta name="SiteDomain" content="{site.host}">\n'
        f'<meta name="SiteIDCode" content="{site.code}">\n{meta}{stamp}{style()}{site.dialect.head}\n</head>\n<body>\n'
        f"{parts.top}"
    )
    return text.replace("%", "%%") + "%s" + f"{parts.foot}</body>\n</html>\n".replace("%", "%%")


def _column_meta(site: Site, column: Column) -> str:
    broken = number("meta", site.code) % 6 == 0
    name = "null" if broken else column.name
    return (
        f'<meta name="ColumnName" content="{name}">\n<meta name="ColumnDescription" content="{name}栏目发布{site.region}'
        f'{column.name}信息">\n<meta name="ColumnKeywords" content="{name},{site.region}">\n'
        f'<meta name="ColumnType" content="{name if broken else column.label}">\n'
    )


def column_body(site: Site, column: Column, shown: Listing, moment: datetime) -> str:
    """The column's own part of its page: list and pager, the proof of an empty one, or a text."""
    if column.shape == "text":
        return _text(site, column)
    if column.shape == "single_article":
        return article_body(shown.items[0], site, dated=True)
    body = DELIVERIES[column.delivery].body
    if body is not None:
        return body(Scene(site, column, shown, moment))
    if not SHAPES[column.shape].listed:
        return _unlisted(site, column)
    told = "\n".join(rows(column, shown, moment))
    return f"{column.layout.open}\n{told}\n{column.layout.close}\n{site.dialect.pager(shown.total, column.rows, column.path)}"


def _wrapped(layout: Layout, words: str) -> str:
    """The words of an empty list, in the element that its rows would be."""
    if layout.row.startswith("<tr"):
        return f'<tr><td class="nodata" align="center">{words}</td></tr>'
    tag = "li" if layout.row.startswith("<li") else "div"
    return f'<{tag} class="nodata">{words}</{tag}>'


def _children(site: Site, column: Column) -> str:
    """Links to columns below; nothing of the column's own."""
    below = [row for row in site.columns if row.number != column.number][:4]
    links = "".join(f'<li><a href="{escape(row.path)}">{row.name}</a></li>\n' for row in below)
    return f'<ul class="sub_lm">\n{links}<li><a href="/zt/{column.code}/">{column.name}汇编</a></li>\n</ul>'


def _unlisted(site: Site, column: Column) -> str:
    """What stands where no list does: the proof of an empty one, or what only looks like one."""
    layout, dialect = column.layout, site.dialect
    words = {
        "blank_text": lambda: _wrapped(layout, pick(dialect.empty, column.key)),
        "error_text": lambda: _wrapped(layout, pick(ERRORS, column.key)),
    }.get(column.shape, str)()
    after = {
        "blank_total": lambda: dialect.pager(0, column.rows, column.path),
        "script_unknown": lambda: f'<script src="/js/list.{number(column.key, "js") % 16**8:08x}.js"></script>',
    }.get(column.shape, str)()
    before = _children(site, column) if column.shape == "parent" else ""
    return f"{before}{layout.open}\n{words}\n{layout.close}\n{after}"


def _text(site: Site, column: Column) -> str:
    words = "".join(f"<p>{escape(site.unit)}负责{topic}有关工作，承担相应的组织、协调和监督职责。</p>\n" for topic in TOPICS)
    return f'<div class="con_text" id="zoom"><h3>{column.name}</h3>\n{words}</div>'


def article_body(item: Item, site: Site, dated: bool) -> str:
    """An article; `dated` tells whether it states when it was published."""
    when = f"发布时间：{item.at:%Y-%m-%d %H:%M}　" if dated else ""
    words = "".join(
        f"<p>　　{escape(item.title)}。{topic}工作取得阶段性成效，下一步将继续抓好各项任务落实。</p>\n" for topic in TOPICS[:9]
    )
    return (
        f'<h1 class="title">{escape(item.title)}</h1>\n<div class="info">{when}来源：{escape(site.unit)}　'
        f'字号：<a href="javascript:doZoom(18)">大</a></div>\n<div class="TRS_Editor" id="zoom">{words}</div>'
    )


def _article_meta(site: Site, item: Item, dated: bool) -> str:
    published = f'<meta name="PubDate" content="{item.at:%Y-%m-%d %H:%M}">\n' if dated else ""
    return (
        f'<meta name="ArticleTitle" content="{escape(item.title)}">\n{published}'
        f'<meta name="ContentSource" content="{escape(site.unit)}">\n'
    )


def article_page(site: Site, column: Column, item: Item, parts: Chrome) -> str:
    """The page behind a row; in an "undated" column nothing on it says when it was published."""
    dated = column.shape != "undated"
    meta = _column_meta(site, column) + _article_meta(site, item, dated)
    return _document(site, f"{item.title}_{site.name}", meta, parts) % (
        _crumbs(column) + f'<div class="main w1200">{article_body(item, site, dated)}</div>\n'
    )


def home_blocks(plan: Plan, site: Site, moment: datetime) -> list[tuple[Column, list[Item]]]:
    """The blocks of a home page: columns and those of their items that it shows. Empty for a gate."""
    if site.home == "gate":
        return []
    blocks = []
    for column in home_columns(site.columns):
        shown = listing(plan, site, column, moment)
        items = [row for row in shown.items if not row.pinned and not row.ahead(moment)]
        blocks.append((column, items[:HOME_ROWS]))
    return blocks


def home_page(site: Site, blocks: list[tuple[Column, list[Item]]], parts: Chrome, moment: datetime) -> str:
    writing = WRITINGS["iso"] if site.home == "addresses" else site.home_writing
    made = []
    for column, items in blocks:
        told = "\n".join(
            f'<li><a href="{row.path}" title="{escape(row.title)}" target="_blank">{escape(row.title)}</a>'
            + ("" if site.home == "addresses" else f"<span>{writing.write(row.at, moment.date())}</span>")
            + "</li>"
            for row in items
        )
        made.append(
            f'<div class="block"><h3><a href="{escape(column.path)}">{column.name}</a>'
            f'<a class="more" href="{escape(column.path)}">更多&gt;&gt;</a></h3><ul class="list">\n{told}\n</ul></div>'
        )
    gate = "" if made else parts.side
    return _document(site, site.name, "", parts) % (
        f'<div class="main w1200">{gate}' + "\n".join(made) + '<div class="clear"></div></div>\n'
    )
