"""The publication time of an article page: shown, script, meta; and all that is none."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.read.articles import looks_like_article, read_article
from crawler.read.articlewords import LABELS
from crawler.read.document import Document, open_document
from crawler.read.page import Page
from crawler.records import BEIJING, Reading

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=BEIJING)
TITLE = "关于开展全县安全生产大检查的通知"
URL = "http://www.example.gov.cn/zwgk/tzgg/content_88.html"


def page(body: str, head: str = "", title: str = TITLE) -> str:
    return (
        f"<html><head><meta charset=utf-8><title>{title}-某某县人民政府</title>{head}</head><body>"
        '<div class="top">今天是2026年11月22日 星期日</div>'
        '<div class="crumb"><a href="/">首页</a> &gt; <a href="/tzgg/">通知公告</a></div>'
        f"{body}<div class=foot>版权所有 2019-2026 备案号：某ICP备12345678号</div></body></html>"
    )


def article(meta_line: str, head: str = "", text: str = "") -> str:
    text = (
        text
        or "<p>各乡镇人民政府：</p><p>经2026年3月1日县政府常务会议研究，定于2026年12月1日前完成检查。</p><p>2026年10月8日</p>"
    )
    return page(f'<h1>{TITLE}</h1><div class="info">{meta_line}</div><div class="TRS_Editor">{text}</div>', head)


def opened(text: str | bytes, url: str = URL) -> Document:
    body = text if isinstance(text, bytes) else text.encode()
    return open_document(Page(body, url, NOW, "article"))


def told(text: str | bytes, url: str = URL) -> str | None:
    reading = read_article(opened(text, url))
    return reading.newest if reading else None


def read(text: str, url: str = URL) -> Reading:
    reading = read_article(opened(text, url))
    assert reading is not None
    return reading


@pytest.mark.parametrize("label", [name for name, _ in LABELS if not name.endswith("于")])
def test_every_label_of_the_table_is_read(label: str) -> None:
    assert told(article(f"{label}：2026-10-09 来源：县应急局")) == "2026-10-09"


@pytest.mark.parametrize(
    "line",
    [
        "发布时间：2026-10-09",
        "发布日期:2026年10月9日",
        "发布时间：<span>2026/10/09</span> 浏览次数：<script>hits(1)</script>",
        "【信息发布时间：2026-10-09阅读次数：<span id=n></span>】",
        "<span>来源：县应急局</span><span>发布日期：2026-10-09</span><span>【字号：<a href='#'>大</a>】</span>",
        "来源：县应急局 时间：2026-10-09",
        "【时间：2026年10月09日】【来源：县应急局】",
        "2026-10-09<em>作者：</em>浏览次数：<span></span>",
        "<small>来源：<span>县应急局</span></small><small>&nbsp;&nbsp;2026-10-09</small>",
        "<p class=time>2026-10-09</p>",
        "发 布 时 间：2026-10-09",
        "发<b>布日</b>期：<i>2026-10-09</i>",
        "发布于 2026-10-09",
        "发表于：2026-10-09 点击：12",
        "日期：[2026-10-09] 来源：本站",
        "发布时间：<br>\n   2026-10-09",
        "发布时间：<script>document.write('2026-10-09')</script>",
        "<!-- 发布时间：2017-01-01 -->发布时间：2026-10-09",
        "<span style='display:none'>发布时间：2017-01-01</span>发布时间：2026-10-09",
        "<span alt='时间：2017-11-08'><i>时间：</i>2026-10-09</span><span><i>来源：</i>县应急局</span>",
        "发布时间：２０２６－１０－０９",
        "信息时间：2026-10-09 阅读次数：3",
        "时间：2026-10-09",
        "2026年10月09日 来源：县应急局",
        "[ 2026-10-09 ]",
        "【字体：<a href='#'>大</a> 中 小】 2026-10-09",
        "<table><tr><td>发布机构</td><td>县应急局</td><td>发布日期</td><td>2026-10-09</td></tr></table>",
    ],
)
def test_a_shown_publication_is_read_however_it_is_written(line: str) -> None:
    assert told(article(line)) == "2026-10-09"


@pytest.mark.parametrize(
    "line",
    [
        "2026-10-09 17:25 <span class=font>来源： 新华社</span><div>字号：<a>默认</a></div>",
        "<span>发布时间：2026-10-09 09:05</span><span>浏览次数：<script>s()</script></span><span>信息来源:县应急局</span>",
        "<table><tr><td class=l>发布日期</td><td>2026-10-09</td><td class=l>成文日期</td><td>2026-10-07</td></tr></table>",
        "<ul><li>[成文日期] <b>2026-10-07</b></li><li>[发布日期] <b>2026-10-09</b></li></ul>",
        "<small>（2026年10月09日）</small>",
        "<small>(2026-10-09)</small>",
        "<time class=published datetime='2026-10-09T10:00:00+08:00'>2026年10月9日</time>",
        "<p>2026年10月9日 　来源：某某日报　　</p>",
        "信息来源：办公室 日期：2026-10-09 09:10 字号：[ 大 中 小 ]",
        "【 发布日期：2026-10-09 09:10 】 【选择字号：大 中 小】",
        "2026/10/9 9:05:11 点击数：3",
        "已浏览 12 次 2026-10-09",
        "文章来源： | 发布时间 2026-10-09 | 浏览",
        "2026年10月09日 15:20&nbsp;&nbsp;管理员&nbsp;&nbsp;(点击: <span></span>)",
        "作者： 时间：2026-10-09 点击数：",
        "[来源：某某网] [发布日期：2026-10-09 09:13:08] [字体：大 中 小]",
        "<span>发布者：管理员</span><span>发布时间：2026-10-09</span><span>浏览次数：12</span>",
        "【字体：大 中 小】【信息时间：2026/10/9  阅读次数：】【我要打印】【关闭】",
        "发布：2026-10-09",
        "时间:2026年10月09日 09时10分",
        "<span>新华社</span> <span>2026-10-09 10:00</span>",
        "Updated: 2026-10-09 10:00",
        "来源：县应急局&emsp;|&emsp;2026-10-09",
        "供稿：办公室　审核：李某　日期：2026-10-09",
        "<dl><dt>发布机构：</dt><dd>县应急局</dd><dt>发布日期：</dt><dd>2026-10-09</dd></dl>",
        "<p>来源：县应急局</p><p>2026-10-09</p>",
    ],
)
def test_lines_of_many_families_are_read(line: str) -> None:
    assert (told(article(line)) or "")[:10] == "2026-10-09"


def test_a_time_of_day_is_kept_as_shown() -> None:
    reading = read(article("发布时间：2026-10-09 16:35 来源：县应急局"))
    assert (reading.newest, reading.precision, reading.source) == ("2026-10-09T16:35:00+08:00", "minute", "article")
    assert reading.state == "article"
    assert reading.title == TITLE
    assert reading.text == "2026-10-09 16:35"


def test_midnight_is_a_filler_and_not_a_time() -> None:
    assert told(article("发布时间：2026-10-09 00:00:00")) == "2026-10-09"


def test_the_shown_date_counts_and_not_the_meta_tag() -> None:
    head = '<meta name="PubDate" content="2026-11-01 10:23"><meta name="others" content="页面生成时间 2026-11-20 17:04:32">'
    assert told(article("发布时间：2009-05-04", head)) == "2009-05-04"


def test_the_shown_date_counts_and_not_the_date_in_the_address() -> None:
    assert told(article("发布时间：2026-09-10"), "http://www.example.gov.cn/x/202611/t20261115_1.html") == "2026-09-10"


def test_published_counts_and_not_written() -> None:
    table = (
        "<table><tr><td>成文日期：</td><td>2026年10月07日</td></tr><tr><td>发布日期：</td><td>2026年10月09日</td></tr></table>"
    )
    assert told(article(table)) == "2026-10-09"


def test_a_date_of_writing_alone_proves_no_publication() -> None:
    assert told(article("<table><tr><td>成文日期：</td><td>2026年10月07日</td></tr></table>")) is None


def test_published_counts_and_not_updated() -> None:
    assert told(article("发布时间：2026-10-09 更新时间：2026-11-02")) == "2026-10-09"


def test_a_shown_update_gives_way_to_an_earlier_mandated_tag() -> None:
    assert (
        told(article("更新时间：2026-11-02", '<meta name="PubDate" content="2026-10-09 15:00">')) == "2026-10-09T15:00:00+08:00"
    )


def test_an_empty_label_is_filled_from_the_script_that_fills_it() -> None:
    body = '发布时间：<span id="t"></span><script>var pubdata = "2026-10-09 09:20"; t.innerHTML = pubdata;</script>'
    reading = read(article(body))
    assert (reading.newest, reading.source) == ("2026-10-09T09:20:00+08:00", "script")


def test_script_variables_that_disagree_prove_nothing() -> None:
    script = '<script>var a={"publishTime":"2026-10-09"};var b={"publishTime":"2026-11-01"};</script>'
    assert told(article("来源：本站" + script)) is None


@pytest.mark.parametrize(
    "tag",
    [
        '<meta name="PubDate" content="2026-10-09 15:30">',
        "<META content='2026-10-09 15:30' NAME='pubdate'/>",
        '<meta name="publishdate" content="2026-10-09 15:30:00">',
        '<meta property="article:published_time" content="2026-10-09T15:30:00+08:00">',
        '<meta property="article:published_time" content="2026-10-09T07:30:00Z">',
        '<meta itemprop="datePublished" content="2026-10-09 15:30">',
        '<script type="application/ld+json">{"pubDate": "2026-10-09T15:30:00"}</script>',
    ],
)
def test_a_meta_tag_speaks_where_nothing_is_shown(tag: str) -> None:
    reading = read(article("来源：县应急局", tag))
    assert reading.source in ("meta", "script")
    assert (reading.newest or "").startswith("2026-10-09T15:30")


def test_the_morning_of_a_meta_tag_may_be_an_afternoon_so_only_its_day_is_kept() -> None:
    reading = read(article("来源：县应急局", '<meta name="PubDate" content="2026-10-09 02:30">'))
    assert (reading.newest, reading.precision) == ("2026-10-09", "day")


def test_a_twelve_hour_clock_is_mended_by_the_tag_with_twenty_four() -> None:
    head = '<meta name="PubDate" content="2026-10-09 14:30">'
    assert told(article("发布时间：2026-10-09 02:30", head)) == "2026-10-09T14:30:00+08:00"


def test_a_tag_much_younger_than_the_address_is_a_migration() -> None:
    head = '<meta name="PubDate" content="2023-03-01 10:00">'
    assert told(article("来源：本站", head), "http://www.example.gov.cn/x/200905/t20090504_1.html") is None
    assert told(article("来源：本站", head), "http://www.example.gov.cn/x/202303/t20230301_1.html") == "2023-03-01"


def test_a_tag_that_holds_the_generation_of_the_page_is_not_used() -> None:
    stamp = '<meta name="others" content="页面生成时间 2026-10-09 15:30:12">'
    assert told(article("来源：本站", '<meta name="PubDate" content="2026-10-09 15:30">' + stamp)) is None
    assert told(article("来源：本站", '<meta name="PubDate" content="2026-11-22 12:00">')) is None


def test_a_title_in_an_unnamed_element_is_found_by_the_title_of_the_page() -> None:
    assert told(page(f"<div>{TITLE}</div><div>2026-10-09 来源：县应急局</div><p>正文。</p>")) == "2026-10-09"


@pytest.mark.parametrize(
    "line",
    [
        "来源：本站",
        "公示时间：2026年10月9日至2026年10月13日",
        "公示时间：2026年10月9日",
        "截止日期：2026-10-09",
        "开标时间：2026-10-09 09:30",
        "会议时间：2026-10-09 地点：三楼会议室",
        "<p>时间：2026年10月9日（周五）14:00</p><p>地点：图书馆报告厅</p>",
        "首次公告发布日期：2026-10-09",
        "印发日期：2026-10-09",
        "今天是2026年10月9日",
        "当前时间：2026-10-09 10:00",
        "农历八月廿九 2026-10-09",
        "有效期：2026-10-09",
        "上一篇：<a href='/a.html'>通知</a>2026-10-09",
        "索引号：2026-10-00018",
        "文号：某政发〔2026〕10号",
    ],
)
def test_other_dates_under_the_title_are_no_publication(line: str) -> None:
    assert told(article(line)) is None


def test_a_date_in_the_title_is_no_publication() -> None:
    title = "2025年11月20日国务院令第354号公布"
    assert told(page(f"<h1>{title}</h1><div class=info>来源：新华社</div><p>正文</p>", title=title)) is None


def test_the_signature_under_a_short_text_is_no_publication() -> None:
    assert told(page(f"<h1>{TITLE}</h1><div>来源：本站</div><p>现予公布。</p><p>县政府办公室</p><p>2026年10月8日</p>")) is None


def test_a_future_date_is_not_used() -> None:
    assert told(article("发布时间：2027-10-09")) is None


def test_a_date_without_a_year_is_not_used() -> None:
    assert told(article("发布时间：10-09 12:00")) is None


def test_dates_of_other_articles_in_a_side_list_do_not_count() -> None:
    rows = "".join(f'<li><a href="/{n}.html">另一篇通知{n}</a> 发布时间：2026-0{n}-01</li>' for n in range(1, 8))
    assert told(page(f"<h1>{TITLE}</h1><div>来源：本站</div>{'<p>正文很长。</p>' * 200}<ul>{rows}</ul>")) is None
    assert told(page(f"<h1>{TITLE}</h1><div>发布时间：2026-10-09</div>{'<p>正文。</p>' * 200}<ul>{rows}</ul>")) == "2026-10-09"


def test_the_rows_of_a_list_page_are_no_publication() -> None:
    rows = "".join(f"<li><span>2026-0{n}-01</span><a href='/{n}.html'>关于第{n}号事项的通知</a></li>" for n in range(1, 9))
    assert told(page(f"<h2>通知公告</h2><ul>{rows}</ul>", title="通知公告")) is None


@pytest.mark.parametrize("charset", ["gb18030", "utf-16"])
def test_the_charset_of_the_page_does_not_matter(charset: str) -> None:
    assert told(article("发布时间：2026-10-09").replace("charset=utf-8", f"charset={charset}").encode(charset)) == "2026-10-09"


def test_a_second_document_inside_the_body_does_not_matter() -> None:
    inner = "<!DOCTYPE html><html><head><title>x</title></head><body>"
    assert told(page(f"{inner}<h1>{TITLE}</h1><p>发布时间：2026-10-09 来源：本站</p>")) == "2026-10-09"


def test_nothing_is_read_from_an_empty_page() -> None:
    assert told("") is None


def test_an_article_page_is_recognised_by_its_tags_or_by_its_body() -> None:
    assert looks_like_article(
        opened(page("", '<meta name="ArticleTitle" content="x"><meta name="PubDate" content="2026-10-09">'))
    )
    assert looks_like_article(opened(article("发布时间：2026-10-09")))
    assert not looks_like_article(opened(page("<ul><li><a href=/a.html>通知</a>2026-10-09</li></ul>")))
    assert not looks_like_article(opened(page("", '<meta name="ArticleTitle" content=""><meta name="PubDate" content="">')))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300), st.integers(0, 900), st.integers(0, 900))
def test_any_bytes_in_and_around_a_page_give_a_value(noise: bytes, start: int, cut: int) -> None:
    whole = article("发布时间：2026-10-09").encode()
    for body in (noise, whole[:start] + noise + whole[start + cut :], whole[:cut]):
        reading = read_article(opened(body))
        assert reading is None or (reading.state == "article" and reading.newest is not None)


def test_hostile_pages_are_read_in_bounded_work() -> None:
    deep = "<div>" * 5_000 + "发布时间：2026-10-09"
    wide = f"<h1>{TITLE}</h1>" + "<li>发布时间：</li>" * 30_000
    for text in (deep, wide, "发布时间：" * 50_000, "<meta name='" * 20_000, "2026-10-09 " * 20_000):
        assert told(page(text)) in (None, "2026-10-09")
