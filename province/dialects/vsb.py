"""VSB of Boda (page-conventions.md §3.5): /info/tree/id.htm, whose addresses bear no date."""

from datetime import date
from typing import Final

from province.dialects.form import Address, Dialect, Layout


def _column_path(parent: str, slug: str, number: int) -> str:
    if number % 4 == 3:
        return f"/list.jsp?urltype=tree.TreeTempUrl&wbtreeid={1001 + number}"
    return f"/{parent}/{slug}.htm" if parent else f"/{slug}.htm"


def _info(column: str, day: date, number: int) -> str:
    return f"/info/{1001 + number // 10_000}/{number}.htm"


def _pager(total: int, rows: int, column: str) -> str:
    pages = -(-total // rows)
    return (
        '<table cellspacing="0" class="headStyle"><tr><td nowrap align="left" width="1%" id="fanye">'
        f"共{total}条&nbsp;&nbsp;{min(1, pages)}/{pages}&nbsp;</td>"
        '<td nowrap align="left">首页&nbsp;上页&nbsp;下页&nbsp;尾页</td></tr></table>'
    )


DIALECT: Final = Dialect(
    name="vsb",
    column_path=_column_path,
    addresses=(Address("info", _info, False),),
    layouts=(
        Layout(
            "line",
            '<div class="winstyle1001 list_box"><ul>',
            '<li id="line_u8_0"{attr}><span class="fr">{date}</span><a href="{href}" target="_blank" title="{title}">'
            "{mark}{title}</a></li>",
            "</ul></div>",
        ),
        Layout(
            "table",
            '<table class="winstyle52" width="100%" cellspacing="0" cellpadding="0"><tbody>',
            '<tr height="25"{attr}><td valign="middle" width="10"><span class="leaderfont52">·</span></td>'
            '<td><a class="c52" href="{href}" title="{title}">{mark}{title}</a></td>'
            '<td width="1%" nowrap class="timestyle52">{date}&nbsp;</td></tr>',
            "</tbody></table>",
        ),
        Layout(
            "cards",
            '<div class="ny_list">',
            '<dl{attr}><dt>{date}</dt><dd><h3><a href="{href}">{mark}{title}</a></h3><p>{intro}</p></dd></dl>',
            "</div>",
        ),
    ),
    pager=_pager,
    empty=("暂无内容", "暂无数据"),
    head='<script language="javascript" src="/system/resource/js/counter.js"></script>'
    '<script language="javascript" src="/system/resource/js/dynclicks.js"></script>',
)
