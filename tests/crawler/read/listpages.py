"""List pages written for the tests: a site's frame, rows in every make, dates in every writing, and neighbours that mislead."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from crawler.read import Found, Page, PageKind, read
from crawler.records import BEIJING, Rules

NOW: Final = datetime(2026, 11, 22, 12, 0, tzinfo=BEIJING)
TODAY: Final = NOW.date()
URL: Final = "http://www.qingxi.gov.cn/xwzx/gzdt/index.html"
SUBJECTS: Final = (
    "安全生产专项检查",
    "乡村道路养护工程",
    "基层医疗服务能力提升",
    "青少年暑期活动",
    "农田水利设施维护",
    "营商环境优化提升",
)


@dataclass(frozen=True)
class Entry:
    title: str
    href: str
    day: date
    shown: str

    @property
    def link(self) -> str:
        return f'<a href="{self.href}" title="{self.title}">{self.title}</a>'


def iso(day: date) -> str:
    return day.isoformat()


WRITINGS: Final[dict[str, Callable[[date], str]]] = {
    "iso": iso,
    "brackets": lambda d: f"[{d}]",
    "full brackets": lambda d: f"【{d}】",
    "round brackets": lambda d: f"（{d}）",
    "slashes": lambda d: f"{d:%Y/%m/%d}",
    "dots": lambda d: f"{d:%Y.%m.%d}",
    "short figures": lambda d: f"{d.year}-{d.month}-{d.day}",
    "characters": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "padded characters": lambda d: f"{d:%Y年%m月%d日}",
    "minutes": lambda d: f"{d} 09:15",
    "seconds": lambda d: f"{d} 09:15:30",
    "ratio colon": lambda d: f"{d} 10∶08",
    "broken over lines": lambda d: f"{d.year}-\n {d.month:02d}-\n {d.day:02d}",
    "spaces": lambda d: f"{d.year}- {d.month:02d}- {d.day:02d}",
    "compact": lambda d: f"{d:%Y%m%d}",
    "full width": lambda d: iso(d).translate(str.maketrans("0123456789-", "０１２３４５６７８９－")),
    "non-breaking spaces": lambda d: f"&nbsp;&nbsp;{d}&nbsp;",
    "labelled": lambda d: f"发布时间：{d}",
    "labelled with more": lambda d: f"日期：{d} 浏览：27次",
    "two-digit year": lambda d: f"{d:%y-%m-%d}",
    "American": lambda d: f"{d:%m/%d/%Y}",
    "English": lambda d: f"{d:%b} {d.day}, {d.year}",
}

ROWS: Final[dict[str, Callable[[Entry], str]]] = {
    "li, date last": lambda e: f'<li>{e.link}<span class="date">{e.shown}</span></li>',
    "li, date first": lambda e: f"<li><span>{e.shown}</span>{e.link}</li>",
    "li, bare date": lambda e: f"<li>{e.link} {e.shown}</li>",
    "li, blocks": lambda e: f'<li><div class="t">{e.link}</div><div class="d">{e.shown}</div></li>',
    "li, everything in the link": lambda e: f'<li><a href="{e.href}"><p>{e.title}</p><em>{e.shown}</em></a></li>',
    "li, with a summary": lambda e: f"<li><h3>{e.link}</h3><p>为贯彻2026年9月1日会议精神，各单位……</p><i>{e.shown}</i></li>",
    "li, with a category": lambda e: f'<li><a href="/lb/">[通知]</a> {e.link}<span>{e.shown}</span></li>',
    "li, with an attachment list": lambda e: (
        f"<li>{e.link}<ul><li><a href='{e.href}.pdf'>附件</a></li></ul><b>{e.shown}</b></li>"
    ),
    "li, date in a comment too": lambda e: f"<li>{e.link}<!-- {iso(TODAY)} --><span>{e.shown}</span></li>",
    "li, unclosed": lambda e: f"<li>{e.link}<span>{e.shown}</span>\n",
    "LI in capitals": lambda e: f"<LI><A HREF='{e.href}'>{e.title}</A> <FONT COLOR=#999>{e.shown}</FONT></LI>",
    "li, target in onclick": lambda e: (
        f"<li><a href='javascript:void(0)' onclick=\"open('{e.href}')\">{e.title}</a><i>{e.shown}</i></li>"
    ),
    "link around li": lambda e: f'<a href="{e.href}"><li>{e.title}<span>{e.shown}</span></li></a>',
    "tr": lambda e: f"<tr><td>{e.link}</td><td>县政府办</td><td>{e.shown}</td></tr>",
    "table per row": lambda e: f"<table><tr><td>{e.link}</td><td>{e.shown}</td></tr></table>",
    "dl": lambda e: f"<dt>{e.link}</dt><dd>{e.shown}</dd>",
    "div": lambda e: f'<div class="item"><div class="t">{e.link}</div><div class="d">{e.shown}</div></div>',
    "cards": lambda e: (
        f'<div class="card"><a href="{e.href}"><img src="/img/2026/11/20/1.jpg"></a><div class="info"><h4>{e.link}</h4>'
        f"<p>一句话摘要</p><div><span>来源：本站</span><span>{e.shown}</span></div></div></div>"
    ),
    "floating pairs": lambda e: f'<div class="l">{e.link}</div><div class="r">{e.shown}</div>',
    "p": lambda e: f"<p>{e.link} <span>{e.shown}</span></p>",
    "br": lambda e: f"{e.link}&nbsp;&nbsp;{e.shown}<br>\n",
    "blocks in a link": lambda e: f'<a class="it" href="{e.href}"><div>{e.title}</div><div>{e.shown}</div></a>',
}

SPLIT_ROWS: Final[dict[str, Callable[[Entry], str]]] = {
    "day over month": lambda e: f"<li><b>{e.day.day:02d}</b><i>{e.day:%Y-%m}</i>{e.link}</li>",
    "month over day": lambda e: f"<li><i>{e.day:%Y-%m}</i><b>{e.day.day:02d}</b>{e.link}</li>",
    "day over month in characters": lambda e: f"<li><b>{e.day.day}</b><p>{e.day:%Y年%m月}</p>{e.link}</li>",
    "month and day over year": lambda e: f"<li><em>{e.day:%m/%d}</em><span>{e.day.year}</span>{e.link}</li>",
    "year over month and day": lambda e: f"<li><em>{e.day.year}</em><span>{e.day:%m-%d}</span>{e.link}</li>",
    "written by script": lambda e: f'<li>{e.link}<script>document.writeln("{iso(e.day)} 10:00")</script></li>',
    "only in datetime": lambda e: f'<li><time datetime="{iso(e.day)}T09:00:00+08:00">{e.day.day}</time>{e.link}</li>',
    "only in a title attribute": lambda e: f'<li>{e.link}<span title="{iso(e.day)}">三天前</span></li>',
    "Chinese numerals": lambda e: f"<li>{e.link}<span>{_numerals(e.day)}</span></li>",
    "epoch for a script": lambda e: f"<li>{e.link}<script>timeConvert({_epoch(e.day)})</script></li>",
    "at the end of the title": lambda e: f'<li><a href="{e.href}">{e.title}（{iso(e.day)}）</a></li>',
    "at the head of the title": lambda e: f'<li><a href="{e.href}">[{iso(e.day)}] {e.title}</a></li>',
}


def _epoch(day: date) -> int:
    return round(datetime(day.year, day.month, day.day, 9, tzinfo=BEIJING).timestamp())


def _numerals(day: date) -> str:
    ones = "〇一二三四五六七八九"

    def small(number: int) -> str:
        tens, rest = divmod(number, 10)
        return f"{'' if tens < 2 else ones[tens]}{'十' if tens else ''}{ones[rest] if rest else ''}"

    return f"{''.join(ones[int(c)] for c in str(day.year))}年{small(day.month)}月{small(day.day)}日"


def days(count: int, newest: date = date(2026, 11, 18), step: int = 5) -> list[date]:
    return [newest - timedelta(days=step * k) for k in range(count)]


def entries(
    of: Sequence[date],
    writing: Callable[[date], str] = iso,
    *,
    href: Callable[[date, int], str] | None = None,
    title: Callable[[int], str] | None = None,
) -> list[Entry]:
    """Rows for these days; hrefs lie below the column's folder and tell no date unless `href` says otherwise."""
    made = []
    for k, day in enumerate(of):
        name = title(k) if title else f"青溪县第{k}次{SUBJECTS[k % len(SUBJECTS)]}工作情况"
        made.append(Entry(name, href(day, k) if href else f"./content_{1000 + k}.html", day, writing(day)))
    return made


def listed(rows: Sequence[Entry], make: Callable[[Entry], str] = ROWS["li, date last"], name: str = "list") -> str:
    """The rows of a make inside the container that fits them."""
    inside = "\n".join(make(row) for row in rows)
    for first, (opening, closing) in _CONTAINERS.items():
        if inside.lower().startswith(first):
            return f"{opening.replace('>', f' class={name!r}>', 1)}{inside}{closing}"
    return f"<div class={name!r}>{inside}</div>"


_CONTAINERS: Final = {
    "<li": ("<ul>", "</ul>"),
    '<a href="./content_1000.html"><li': ("<ul>", "</ul>"),
    "<tr": ("<table>", "</table>"),
    "<dt": ("<dl>", "</dl>"),
}
PAGER: Final = '<div class="pages"><a href="index_1.html">下一页</a><a href="index_9.html">末页</a></div>'
NAVIGATION: Final = "<ul id='menu'>" + "".join(f'<li><a href="/{k}/">政务公开{k}</a></li>' for k in range(8)) + "</ul>"
CLOCK: Final = '<div id="clock">今天是2026年11月22日 星期日</div>'
FOOTER: Final = '<div class="footer"><p>版权所有 2008-2026 青溪县人民政府</p><p>最后更新：2026-11-22</p></div>'


def sidebar(
    name: str = "热点新闻", count: int = 6, newest: date = TODAY, make: str = "li, date last", box: str = "side"
) -> str:
    """A neighbour's list, fresher than the column's own."""
    rows = entries(
        days(count, newest, 1), href=lambda d, k: f"/rdxw/{d:%Y%m}/t{d:%Y%m%d}_{k}.html", title=lambda k: f"热点文章之第{k}篇"
    )
    return f'<div class="{box}"><h3>{name}</h3>{listed(rows, ROWS[make], "s")}</div>'


def framed(
    main: str, *, name: str = "工作动态", left: str = "", right: str = "", crumb: bool = True, heading: bool = True
) -> str:
    """A whole page around a column's list."""
    path = (
        f'<div class="path">当前位置：<a href="/">首页</a> &gt; <a href="/xwzx/">新闻中心</a> &gt; {name}</div>'
        if crumb
        else ""
    )
    head = f"<h2>{name}</h2>" if heading else ""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{name}_青溪县人民政府</title></head><body>{CLOCK}{NAVIGATION}'
        f'<div class="wrap">{left}<div class="main">{path}{head}{main}</div>{right}</div>{FOOTER}</body></html>'
    )


def found(
    text: str | bytes,
    url: str = URL,
    kind: PageKind = "column",
    *,
    now: datetime = NOW,
    rules: Rules | None = None,
    partial: bool = False,
    trace: bool = False,
) -> Found:
    body = text if isinstance(text, bytes) else text.encode()
    return read(Page(body, url, now, kind, "text/html", rules, partial), trace=trace)


def newest(text: str | bytes, url: str = URL, kind: PageKind = "column") -> str | None:
    """The day that was read as the newest."""
    value = found(text, url, kind).reading.newest
    return value[:10] if value else None


def flag_names(result: Found) -> set[str]:
    return {flag.name for flag in result.flags}
