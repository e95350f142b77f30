"""Hanweb with server-rendered lists (page-conventions.md §3.2): /col/colN/, /art/Y/M/D/ without leading zeros."""

from datetime import date
from typing import Final

from province.dialects.form import Address, Dialect, Layout
from province.seeds import number as hashed


def _column_path(parent: str, slug: str, number: int) -> str:
    return f"/col/col{12011 + 13 * number}/index.html"


def _column_number(column: str) -> str:
    return column.split("/")[2].removeprefix("col")


def _art(column: str, day: date, number: int) -> str:
    return f"/art/{day.year}/{day.month}/{day.day}/art_{_column_number(column)}_{number}.html"


def _year_only(column: str, day: date, number: int) -> str:
    return f"/art/{day.year}/art_{hashed(column, number):016x}{hashed(number, column):016x}.html"


def _pager(total: int, rows: int, column: str) -> str:
    pages = -(-total // rows)
    return (
        f'<div class="default_pgContainer"><script type="text/javascript">var pageInfo = {{totalRecord:{total},'
        f"perPage:{rows},totalPage:{pages}}};</script>"
        f'<span class="default_pgTotal">共<b>{total}</b>条记录</span> <span>{min(1, pages)}/{pages}页</span></div>'
    )


DIALECT: Final = Dialect(
    name="hanweb",
    column_path=_column_path,
    addresses=(Address("art", _art, True), Address("year", _year_only, False)),
    layouts=(
        Layout(
            "default",
            '<div class="default_pgContainer" id="col_list"><ul class="list-ul">',
            '<li><span class="bt-data-time"{attr}>{date}</span><a href="{href}" class="bt_link" title="{title}">'
            "{mark}{title}</a></li>",
            "</ul></div>",
        ),
        Layout(
            "table",
            '<table width="98%" align="center" cellpadding="0" cellspacing="0" class="jgx"><tbody>',
            '<tr{attr}><td height="30" class="bt_con"><a href="{href}" target="_blank">{mark}{title}</a></td>'
            '<td width="100" class="bt_time">{date}</td></tr>',
            "</tbody></table>",
        ),
        Layout(
            "bare",
            '<ul class="lm_list">',
            '<li{attr}>·<a href="{href}" target="_blank" title="{title}">{mark}{title}</a> {date}</li>',
            "</ul>",
        ),
    ),
    pager=_pager,
    empty=("暂无数据", "该栏目暂无内容"),
    head='<script src="/script/0/jpage.js" type="text/javascript"></script>',
)
