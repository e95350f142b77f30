"""What an answer amounts to, where several rooms must agree: years proved by articles, spam, cut pages, errors."""

from datetime import datetime

import pytest

from crawler.fetch import Answer
from crawler.judge import Judgement, Look, concluded, judge, quest_of
from crawler.records import BEIJING

COLUMN = "http://www.example.gov.cn/tzgg/"
NOW = datetime(2026, 11, 22, 9, tzinfo=BEIJING)


def answer(body: str, url: str = COLUMN, status: int = 200) -> Answer:
    return Answer(url, "ok", status=status, headers={}, body=body.encode(), content_type="text/html; charset=utf-8")


def column(rows: list[tuple[str, str]], head: str = "", tail: str = "") -> str:
    """A column page; rows are (what stands for the date, article number)."""
    items = "".join(
        f'<li><a href="/tzgg/{number}.html">关于做好第{number}批农田水利设施管护工作的通知</a><span>{date}</span></li>'
        for date, number in rows
    )
    return (
        f"<html><head><title>通知公告</title>{head}</head><body><h2>通知公告</h2><ul class='list'>{items}</ul>"
        f"<div class='page'>共1页</div>{tail}</body></html>"
    )


def article(day: str, number: str) -> Answer:
    title = f"关于做好第{number}批农田水利设施管护工作的通知"
    text = "正文内容。" * 60
    body = f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>发布时间：{day}</p><p>{text}</p></body></html>"
    return answer(body, f"{COLUMN}{number}.html")


def followed(page: str, days: dict[str, str]) -> Judgement:
    """The judgement of `page` after its wants were answered by articles of these days, by number."""
    whole = answer(page)
    judged = judge(whole, Look(COLUMN, "column", NOW))
    quest = quest_of(judged, whole, Look(COLUMN, "column", NOW))
    while (want := quest.next()) is not None:
        number = want.url.rsplit("/", 1)[-1].removesuffix(".html")
        quest.tell(want, article(days[number], number))
    return concluded(judged, quest)


YEARLESS = column([("11-20", "9"), ("11-18", "8"), ("11-02", "7"), ("10-30", "6"), ("10-11", "5")])


def test_rows_of_month_and_day_alone_prove_no_year_by_themselves() -> None:
    judged = judge(answer(YEARLESS), Look(COLUMN, "column", NOW))
    assert judged.reading.newest is None
    assert "no_year" in {flag.name for flag in judged.flags}
    assert judged.plan.wants


def test_articles_of_this_year_prove_the_year_of_rows_without_one() -> None:
    judged = followed(YEARLESS, {"9": "2026-11-20", "8": "2026-11-18", "7": "2026-11-02"})
    assert (judged.reading.state, judged.reading.newest, judged.reading.source) == ("list", "2026-11-20", "article")


def test_articles_of_an_earlier_year_leave_the_column_unknown() -> None:
    judged = followed(YEARLESS, {"9": "2023-11-20", "8": "2023-11-18", "7": "2023-11-02"})
    assert (judged.reading.state, judged.reading.newest) == ("unknown", None)


def test_the_latest_month_and_day_are_followed_first_wherever_they_stand() -> None:
    mixed = column([("10-11", "5"), ("11-20", "9"), ("10-30", "6"), ("11-18", "8"), ("11-02", "7")])
    judged = judge(answer(mixed), Look(COLUMN, "column", NOW))
    assert [want.url[-6:] for want in judged.plan.wants] == ["9.html", "8.html", "7.html"]


DATED = [(f"2026-11-{day}", str(day)) for day in range(21, 11, -1)]


def test_an_intact_list_under_a_spammers_title_is_read_and_flagged() -> None:
    page = column(DATED).replace("<title>", "<title>必威体育app_必威体育娱乐-【官网下载】")
    judged = judge(answer(page), Look(COLUMN, "column", NOW))
    assert (judged.outcome, judged.reading.newest) == ("ok", "2026-11-21")
    assert "spam_words" in {flag.name for flag in judged.flags}


def test_hidden_links_to_strangers_are_flagged_and_a_hidden_menu_is_not() -> None:
    strangers = "".join(f'<a href="http://www.spam{number}.com/">影视</a>' for number in range(9))
    hidden = judge(answer(column(DATED, tail=f'<div style="display:none">{strangers}</div>')), Look(COLUMN, "column", NOW))
    assert "hidden_links" in {flag.name for flag in hidden.flags}
    menu = "".join(f'<a href="/m{number}/">菜单</a>' for number in range(9))
    honest = judge(answer(column(DATED, tail=f'<div style="display:none">{menu}</div>')), Look(COLUMN, "column", NOW))
    assert "hidden_links" not in {flag.name for flag in honest.flags}
    assert honest.reading.newest == "2026-11-21"


@pytest.mark.parametrize(
    ("status", "outcome", "reason"), [(404, "http_error", "not_found"), (503, "http_error", "unavailable")]
)
def test_an_error_status_is_its_outcome_and_nothing_is_read(status: int, outcome: str, reason: str) -> None:
    judged = judge(answer(column(DATED), status=status), Look(COLUMN, "column", NOW))
    assert (judged.outcome, judged.reason, judged.reading.state) == (outcome, reason, "none")


def test_a_page_that_was_cut_proves_an_update_and_keeps_its_outcome() -> None:
    cut = answer(column(DATED))._replace(outcome="timeout", reason="body", partial=True)
    judged = judge(cut, Look(COLUMN, "column", NOW))
    assert (judged.outcome, judged.reason, judged.reading.newest) == ("timeout", "body", "2026-11-21")


def test_a_page_that_was_cut_never_proves_that_a_column_is_blank() -> None:
    blank = "<html><body><h2>通知公告</h2><div class='list'>暂无内容</div>" + "<p>页脚</p>" * 300
    cut = answer(blank)._replace(outcome="too_large", reason="body", partial=True)
    assert judge(cut, Look(COLUMN, "column", NOW)).reading.state == "none"


def test_a_page_of_another_family_of_hosts_is_flagged() -> None:
    away = answer(column(DATED), "http://www.elsewhere.com/tzgg/")
    assert "foreign_host" in {flag.name for flag in judge(away, Look(COLUMN, "column", NOW)).flags}
    sibling = answer(column(DATED), "http://tzgg.example.gov.cn/tzgg/")
    assert "foreign_host" not in {flag.name for flag in judge(sibling, Look(COLUMN, "column", NOW)).flags}
