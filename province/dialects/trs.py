"""TRS WCM (page-conventions.md §3.1): dated file names, `createPageHTML`."""

from datetime import date
from typing import Final

from province.dialects.form import Address, Dialect, Layout


def _column_path(parent: str, slug: str, number: int) -> str:
    folder = f"/{parent}/{slug}/" if parent else f"/{slug}/"
    return folder if number % 3 else folder + "index.html"


def _folder(column: str) -> str:
    return column.removesuffix("index.html")


def _month(column: str, day: date, number: int) -> str:
    return f"{_folder(column)}{day:%Y%m}/t{day:%Y%m%d}_{number}.html"


def _content(column: str, day: date, number: int) -> str:
    return f"{_folder(column)}{day:%Y-%m}/{day:%d}/content_{number}.shtml"


def _plain(column: str, day: date, number: int) -> str:
    return f"{_folder(column)}{day:%Y%m%d}/{number}.html"


def _undated(column: str, day: date, number: int) -> str:
    return f"{_folder(column)}c{number}/content.html"


def _pager(total: int, rows: int, column: str) -> str:
    pages = -(-total // rows)
    return (
        '<div class="page" id="page_div"><script type="text/javascript">'
        f"var currentPage = 0; var countPage = {pages}; var pageParam = {{totalRecord:{total}, pageSize:{rows}}};"
        f'\ncreatePageHTML({pages}, 0, "index", "html");</script></div>'
    )


DIALECT: Final = Dialect(
    name="trs",
    column_path=_column_path,
    addresses=(
        Address("month", _month, True),
        Address("content", _content, True),
        Address("plain", _plain, True),
        Address("undated", _undated, False),
    ),
    layouts=(
        Layout(
            "span_right",
            '<ul class="list_con" id="list">',
            '<li><a href="{href}" target="_blank" title="{title}">{mark}{title}</a><span class="date"{attr}>{date}</span></li>',
            "</ul>",
        ),
        Layout(
            "span_left",
            '<div class="gl-list"><ul>',
            '<li{attr}><span class="time">{date}</span><a href="{href}" target="_blank">{mark}{title}</a></li>',
            "</ul></div>",
        ),
        Layout(
            "table",
            '<table class="tab_list" width="100%" border="0" cellspacing="0" cellpadding="0"><tbody>',
            '<tr{attr}><td width="14" class="dot">·</td><td><a href="{href}" title="{title}">{mark}{title}</a></td>'
            '<td width="110" align="center">{date}</td></tr>',
            "</tbody></table>",
        ),
        Layout(
            "bold",
            '<div class="xxgk_list"><ul class="doc_list">',
            '<li{attr}><p><a href="{href}" target="_blank">{mark}{title}</a></p><b>{date}</b></li>',
            "</ul></div>",
        ),
        Layout(
            "summary",
            '<div class="news-list">',
            '<div class="news-item"{attr}><h4><a href="{href}">{mark}{title}</a></h4>'
            '<p class="intro">{intro}</p><p class="time">{date}</p></div>',
            "</div>",
        ),
    ),
    pager=_pager,
    empty=("暂无内容", "暂无数据", "栏目内容正在更新，暂无信息"),
    head='<script type="text/javascript" src="/images/createPage.js"></script>',
)
