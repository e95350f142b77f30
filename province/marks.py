"""What is wrong with a page around its list, and by which flags a careful human would name it (questions.md §2)."""

import re
from collections.abc import Callable
from html import escape
from typing import Final, NamedTuple

from province.model import Column, Plan, Site
from province.seeds import number, pick

SPAM: Final = "必威体育app_必威体育娱乐-【官网下载】"
_SPAM_LINKS: Final = (
    "必威体育app官网下载", "亚博体育手机版登录", "娱乐城注册送", "bet365官网入口", "六合彩资料大全", "百家乐真人荷官",
    "华体会体育app", "新葡京官网直播",
)  # fmt: skip
_STRANGERS: Final = ("影视在线", "手游下载", "小说阅读", "汽车报价", "装修网", "旅游攻略", "二手交易", "养生之道")
_HIDING: Final = (
    'style="display:none"', 'style="position:absolute;left:-9999px;top:-9999px"', 'style="font-size:0;"',
    'style="height:0;overflow:hidden"',
)  # fmt: skip


class Mark(NamedTuple):
    """write: (page, plan, site, column) -> page. flags: the names expected; none where the page is honest after all."""

    name: str
    why: str
    flags: tuple[str, ...]
    write: Callable[[str, Plan, Site, Column], str]


def _other(plan: Plan, site: Site) -> str:
    """The code of another site, of this province or of one that is not in the register."""
    others = [row.code for row in plan.sites if row.code != site.code]
    return pick(others, site.code, "other") if others else "9899990001"


def _site_tag(page: str, plan: Plan, site: Site, column: Column) -> str:
    """A template copied from another site: the tag is the other's, the footer its own."""
    return page.replace(f'name="SiteIDCode" content="{site.code}"', f'name="SiteIDCode" content="{_other(plan, site)}"', 1)


def _site_whole(page: str, plan: Plan, site: Site, column: Column) -> str:
    return page.replace(site.code, _other(plan, site))


def _column_tag(page: str, plan: Plan, site: Site, column: Column) -> str:
    others = [row.name for row in site.columns if row.name != column.name]
    name = pick(others, column.key, "other") if others else "领导信息"
    return re.sub(r'(name="ColumnName" content=")[^"]*', rf"\g<1>{name}", page, count=1)


def _title(page: str, plan: Plan, site: Site, column: Column) -> str:
    return page.replace("<title>", f"<title>{SPAM}", 1)


def _tags(page: str, plan: Plan, site: Site, column: Column) -> str:
    tags = f'<meta name="keywords" content="{SPAM},{SPAM}">\n<meta name="description" content="{SPAM}{column.name}">\n'
    return page.replace('<meta name="SiteName"', f'{tags}<meta name="SiteName"', 1)


def _links(words: tuple[str, ...], site: Site) -> str:
    return "".join(f'<a href="http://www.yl-{number(site.code, word) % 99_999:05d}.example/">{word}</a>\n' for word in words)


def _spam_links(page: str, plan: Plan, site: Site, column: Column) -> str:
    return page.replace('<div class="links', f'<div class="tags w1200">{_links(_SPAM_LINKS, site)}</div>\n<div class="links', 1)


def _hidden_links(page: str, plan: Plan, site: Site, column: Column) -> str:
    way = pick(_HIDING, column.key, "hiding")
    return page.replace("<body>\n", f"<body>\n<div {way}>{_links(_STRANGERS, site)}</div>\n", 1)


def _hidden_menu(page: str, plan: Plan, site: Site, column: Column) -> str:
    """A menu that opens on a click: hidden, to places that a government's page leads to."""
    own = "".join(f'<a href="{escape(row.path)}">{row.name}</a>\n' for row in site.columns[:6])
    others = "".join(f'<a href="http://{row.host}/">{row.name}</a>\n' for row in plan.sites[:12])
    return page.replace("<body>\n", f'<body>\n<div style="display:none" id="more_menu">{own}{others}</div>\n', 1)


def _warning_words(page: str, plan: Plan, site: Site, column: Column) -> str:
    """An office that warns of what spam sells."""
    notice = '<div class="tips w1200">温馨提示：警惕网络赌博、跨境赌场和虚假彩票，拒绝网络投注，举报电话110。</div>\n'
    return page.replace('<div class="links', notice + '<div class="links', 1)


MARKS: Final = {
    row.name: row
    for row in (
        Mark("other_site", "SiteIDCode of another site", ("identity_mismatch",), _site_tag),
        Mark("other_site_whole", "every code is another site's", ("identity_mismatch",), _site_whole),
        Mark("other_column", "ColumnName of another column", ("identity_mismatch",), _column_tag),
        Mark("spam_title", "spam before its title", ("spam_words",), _title),
        Mark("spam_meta", "spam in keywords and description", ("spam_words",), _tags),
        Mark("spam_links", "a block of spam links", ("spam_words",), _spam_links),
        Mark("hidden_links", "a hidden block of links to strangers", ("hidden_links",), _hidden_links),
        Mark("hidden_menu", "a hidden menu to its own kind", (), _hidden_menu),
        Mark("warning_words", "a warning of gambling", (), _warning_words),
    )
}
