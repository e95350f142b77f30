"""The pages of a scene at a moment, as whole HTTP answers: home pages, lists, posts, platforms' lists."""

from collections import Counter
from datetime import date, datetime, time
from html import escape
from typing import Final
from urllib.parse import quote

from province.answers import answer
from province.model import Account as WeChatAccount
from province.model import Plan
from province.newmedia.interfaces import LISTS
from province.newmedia.model import Media
from province.newmedia.posts import Post
from province.scenarios.model import Account, Column, Section, Site
from province.seeds import number
from province.titles import title
from province.wechat import STATES, notice, wechat_answer

ROWS: Final = 20
HOME_ROWS: Final = 8
MENU: Final = 12
POSTS: Final = 20
_HTML: Final = "text/html; charset=utf-8"
_JSON: Final = "application/json; charset=utf-8"


def home_page(site: Site, moment: datetime) -> bytes:
    """The latest items of the site's columns, with their days, and the navigation."""
    newest = [(day, column) for column in site.columns for day in column.published.up_to(moment.date(), 1)]
    newest.sort(key=lambda pair: pair[0], reverse=True)
    rows = "".join(_row(site, column, day, 0) for day, column in newest[:HOME_ROWS])
    return _page(site, site.name, "", f'<div class="news"><h3>要闻动态</h3><ul class="list">{rows}</ul></div>')


def list_page(owner: Site | Section, site: Site, column: Column, moment: datetime) -> bytes:
    """The column's latest items, newest first; an empty one says so and counts its items."""
    seen: Counter[date] = Counter()
    rows = []
    for day in column.published.up_to(moment.date(), ROWS):
        rows.append(_row(owner, column, day, seen[day]))
        seen[day] += 1
    empty = "" if rows else '<p class="empty">暂无内容</p>'
    name = escape(column.name)
    body = (
        f'<div class="position">当前位置：<a href="/">首页</a> &gt; {name}</div><div class="right"><h2>{name}</h2>'
        f'<ul class="list">{"".join(rows)}</ul>{empty}<div class="page">共{len(rows)}条</div></div>'
    )
    return _page(site, f"{column.name}_{owner.name}", column.name, body)


def _row(owner: Site | Section, column: Column, day: date, nth: int) -> str:
    serial = number(owner.code, column.number, day, nth) % 10_000_000
    text = f"{title(f'{owner.code}/{column.number}/{day}/{nth}', day, owner.region, owner.unit)}（{serial}）"
    link = f"/art/{day.year}/{day.month}/{day.day}/art_{column.number}_{serial}.html"
    return f'<li><a href="{link}" title="{escape(text)}">{escape(text)}</a><span>{day.isoformat()}</span></li>'


def _page(site: Site, heading: str, column: str, body: str) -> bytes:
    named = f'<meta name="ColumnName" content="{escape(column)}">' if column else ""
    links = "".join(f'<li><a href="{escape(each.target)}">{escape(each.name)}</a></li>' for each in site.columns[:MENU])
    text = (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{escape(heading)}</title>'
        f'<meta name="SiteName" content="{escape(site.name)}"><meta name="SiteIDCode" content="{site.code}">'
        f'<meta name="SiteDomain" content="{site.host}">{named}'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<link rel="stylesheet" href="/style/main.css"></head>\n'
        f'<body><div class="nav"><ul>{links}</ul></div><div class="main">{body}</div>\n'
        f'<div class="foot"><p>主办单位：{escape(site.unit)} 网站标识码：{site.code}</p>'
        f"<p>地址：{escape(site.region)}政务服务中心 "
        '<a href="/wzdt/">网站地图</a> <a href="/lxwm/">联系我们</a> <a href="/mzsm/">免责声明</a></p></div></body></html>\n'
    )
    return answer(200, text.encode(), (), _HTML)


def post_page(account: Account, moment: datetime) -> bytes:
    """The account's latest post, as WeChat shows a post."""
    day = account.published.up_to(moment.date(), 1)[0]
    shown = WeChatAccount(
        account.code,
        account.name,
        account.type,
        account.unit,
        account.short,
        account.region,
        account.level,
        "/" + account.url.split("/", 3)[3],
        "alive",
        1,
        (moment.date() - day).days,
    )
    return wechat_answer(Plan(0, moment, (), ()), shown)


def deleted_post(account: Account, moment: datetime) -> bytes:
    """What stands where a post was that its publisher has deleted."""
    return notice(STATES["deleted"])


def media_list(account: Account, moment: datetime) -> bytes:
    """The account's posts as its platform's interface gives them."""
    text = LISTS[account.platform](media_of(account), posts_of(account, moment), None)
    return answer(200, text.encode(), (), _HTML if account.platform == "douyin" else _JSON)


def held_list(account: Account, moment: datetime) -> bytes:
    """The account's own page: a script in it holds the list."""
    held = quote(LISTS[account.platform](media_of(account), posts_of(account, moment), None))
    text = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(account.name)}</title></head><body>'
        f'<div id="root"></div><script id="RENDER_DATA" type="application/json">{held}</script></body></html>'
    )
    return answer(200, text.encode(), (), _HTML)


def shell(account: Account, moment: datetime) -> bytes:
    """A page that shows nothing of the account to anybody who is not logged in."""
    return answer(200, f"<html><head><title>{escape(account.type)}</title></head><body></body></html>".encode(), (), _HTML)


def posts_of(account: Account, moment: datetime) -> list[Post]:
    """The account's posts up to `moment`, newest first."""
    found = []
    for nth, day in enumerate(account.published.up_to(moment.date(), POSTS)):
        bits = number(account.code, day)
        at = datetime.combine(day, time(8 + bits % 10, bits // 16 % 60), moment.tzinfo)
        if at <= moment:
            heading = title(f"{account.code}/{day}", day, account.region, account.unit)
            found.append(Post(heading, at, str(10**15 + number(account.code, day, nth) % 10**15)))
    return found


def media_of(account: Account) -> Media:
    """The account as platforms' lists and bridges' feeds know it."""
    return Media(
        account.code,
        account.name,
        account.platform,
        account.type,
        account.unit,
        account.short,
        account.region,
        account.level,
        account.ident,
        account.url,
        "list",
        1,
        0,
        True,
        bridge=account.bridge,
        feed=account.ident,
    )
