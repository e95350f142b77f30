"""Home pages: the newest dated item the page links to, over all its blocks; never a clock, a copyright or an event."""

from datetime import date, timedelta

import pytest

from tests.crawler.read.listpages import (
    FOOTER,
    NAVIGATION,
    SPLIT_ROWS,
    TODAY,
    WRITINGS,
    Entry,
    days,
    entries,
    found,
    listed,
)

URL = "http://www.qingxi.gov.cn/"


def block(
    name: str, of: list[date], *, make: str = "iso", short: bool = False, href: str = "./{:%Y%m}/t{:%Y%m%d}_{}.html"
) -> str:
    rows = entries(of, WRITINGS[make], href=lambda d, k: href.format(d, d, k), title=lambda k: f"{name}的第{k}条消息的标题")
    markup = listed(
        rows,
        (lambda e: f"<li>{e.link}<i>{e.day:%m-%d}</i></li>") if short else (lambda e: f"<li>{e.link}<i>{e.shown}</i></li>"),
    )
    return f'<div class="box"><div class="tit"><h3>{name}</h3><a href="/x/">更多&gt;&gt;</a></div>{markup}</div>'


def home(*blocks: str, top: str = "", foot: str = FOOTER) -> str:
    return f"<html><head><title>青溪县人民政府</title></head><body>{top}{NAVIGATION}{''.join(blocks)}{foot}</body></html>"


def newest(text: str) -> str | None:
    value = found(text, URL, "home").reading.newest
    return value[:10] if value else None


def test_the_newest_over_all_blocks_counts() -> None:
    page = home(block("要闻", days(5)), block("公告", days(5, date(2026, 11, 20))), block("政策", days(5, date(2025, 3, 1))))
    assert newest(page) == "2026-11-20"


@pytest.mark.parametrize("make", ["iso", "brackets", "slashes", "dots", "characters", "minutes"])
def test_every_writing_counts(make: str) -> None:
    assert newest(home(block("要闻", days(5), make=make))) == "2026-11-18"


def test_split_dates_count() -> None:
    rows = entries(days(4), href=lambda d, k: f"/a/{k}.html")
    for make in ("day over month", "month and day over year", "year over month and day"):
        assert newest(home(f"<div>{listed(rows, SPLIT_ROWS[make])}</div>")) == "2026-11-18"


@pytest.mark.parametrize(
    "top",
    [
        "<div>今天是2026年11月22日 星期日</div>",
        '<div class="top">2026-11-22 星期日 <a href="/wap/">手机版</a></div>',
        '<div class="top"><span>今天是：2026-11-22</span><a href="http://mail.qingxi.gov.cn/">邮箱</a></div>',
        "<script>document.title='2026-11-22'</script>",
        '<a href="/zt/2026-11-22/index.html"><img src="/2026/11/22/b.jpg" alt="专题"></a>',
    ],
)
def test_a_clock_at_the_top_does_not_count(top: str) -> None:
    assert newest(home(block("要闻", days(5)), top=top)) == "2026-11-18"
    assert newest(home(f"<ul><li><a href='/a.html'>没有日期的一条消息标题</a></li></ul>{top}")) is None


def test_footers_and_navigation_do_not_count() -> None:
    rows = "".join(f"<li><a href='/v{k}.html'>网站更新记录一览表</a> 2026-11-2{k}</li>" for k in (1, 2))
    foot = f'<div class="footer"><ul>{rows}</ul></div>'
    assert newest(home(block("要闻", days(5)), foot=foot)) == "2026-11-18"


def test_events_and_deadlines_do_not_count() -> None:
    events = "".join(
        f"<li><a href='/jz/{k}.html'>学术讲座预告之第{k}场报告会</a><p>{TODAY:%Y年%m月%d日}（星期日）上午10:30</p></li>"
        for k in range(4)
    )
    assert newest(home(block("要闻", days(5)), f"<ul>{events}</ul>")) == "2026-11-18"


def test_a_ticker_of_names_is_no_publication() -> None:
    names = "".join(f"<li><a href='/b/{k}.html'>qx{k}.com</a><i>{TODAY}</i></li>" for k in range(12))
    assert newest(home(block("要闻", days(5)), f"<ul>{names}</ul>")) == "2026-11-18"


def test_future_dates_do_not_count() -> None:
    assert newest(home(block("要闻", [TODAY + timedelta(days=9), *days(5)]))) == "2026-11-18"


def test_month_and_day_count_where_the_url_tells_the_year() -> None:
    assert newest(home(block("要闻", days(5), short=True))) == "2026-11-18"


def test_month_and_day_that_might_be_newer_than_what_is_proved_prove_nothing() -> None:
    doubtful = block("公告", days(5, date(2025, 11, 21)), short=True, href="/detail/{2}.html")
    result = found(home(block("要闻", days(5)), doubtful), URL, "home")
    assert (result.reading.state, result.reading.newest) == ("unknown", None)


def test_month_and_day_that_cannot_be_newer_do_not_disturb() -> None:
    older = block("公告", days(3, date(2026, 2, 9)), short=True, href="/detail/{2}.html")
    assert newest(home(block("要闻", days(5)), older)) == "2026-11-18"


def test_a_title_may_prove_the_year_of_a_row_in_the_first_half_of_it() -> None:
    rows = [
        Entry(f"关于做好2026年第{k}批项目申报工作的通知", f"/d/{k}.html", d, "")
        for k, d in enumerate(days(5, date(2026, 5, 6)))
    ]
    page = home(f"<div>{listed(rows, lambda e: f'<li>{e.link}<i>{e.day:%m-%d}</i></li>')}</div>")
    assert newest(page) == "2026-05-06"


def test_a_site_map_has_no_date() -> None:
    assert newest(home(NAVIGATION, NAVIGATION)) is None
