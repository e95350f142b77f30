"""Empty columns need proof, and script-filled ones are no empty ones; everything not understood is unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.read import emptiness
from tests.crawler.read.listpages import NOW, PAGER, URL, days, entries, found, framed, listed, newest, sidebar

EMPTY = [
    '<ul class="list"></ul><div class="nodata">暂无内容</div>',
    '<ul class="list"></ul><p>暂无数据！</p>',
    '<table><tr><td colspan="3"><span>尚无资料</span></td></tr><tr><td>共0条&nbsp;&nbsp;0/0</td></tr></table>',
    '<ul></ul><div class="page">共<span>0</span>条</div>',
    '<ul></ul><div class="page">总记录数：0 条</div>',
    "<div>该栏目暂无信息</div>",
    "<div>没有找到相关记录</div>",
    """<div class="list" queryData="{'webId':'1'}" count="0" rows="15" pageNo="1"></div>""",
    '<script>$("#d").jpage({url:"/module/web/jpage/dataproxy.jsp",totalRecord:0})</script><datastore></datastore>',
]
TEXT = "<div class='text'>" + "青溪县位于省境西南，面积一千二百平方公里，辖九个镇。" * 40 + "</div>"


@pytest.mark.parametrize("main", EMPTY)
def test_a_list_that_says_it_is_empty_is_blank(main: str) -> None:
    result = found(framed(main + TEXT))
    assert result.reading.state == "blank"
    assert next(flag.evidence for flag in result.flags if flag.name == "empty")


@pytest.mark.parametrize("main", EMPTY[:6])
def test_a_dated_neighbour_does_not_fill_an_empty_column(main: str) -> None:
    result = found(framed(main, left=sidebar("推荐阅读", 8, box="box"), right=sidebar("最新公告", 10, box="box")) + TEXT)
    assert result.reading.state == "blank"


@pytest.mark.parametrize(
    "main",
    [
        "<div id='l'></div><script>if(!data.length){$('#l').html('暂无数据')}</script>",
        "<div style='display:none' class='nodata'>暂无数据</div>",
        "<!-- 暂无内容 -->",
        "<ul></ul>",
        "",
        "<div>栏目建设中，敬请期待</div>",
        "<div>内容更新中</div>",
        "<div class='sidebar'><h3>相关文档</h3>暂无数据</div>",
        "<textarea placeholder='暂无内容'></textarea>",
    ],
)
def test_without_proof_an_empty_looking_column_is_not_blank(main: str) -> None:
    assert found(framed(main + TEXT)).reading.state in ("unknown", "dynamic")


@pytest.mark.parametrize("main", EMPTY[:6])
def test_a_column_with_rows_is_never_blank_whatever_it_says(main: str) -> None:
    assert newest(framed(listed(entries(days(5))) + main + TEXT)) == "2026-11-18"
    bare = listed(entries(days(5)), lambda e: f"<li>{e.link}</li>")
    assert found(framed(bare + main + TEXT)).reading.state == "unknown"


@pytest.mark.parametrize("main", EMPTY)
def test_a_partial_page_is_never_blank(main: str) -> None:
    assert found(framed(main + TEXT), partial=True).reading.state == "unknown"


@pytest.mark.parametrize(
    ("dialect", "main"),
    [
        ("jpage", "<div><script>$('#1').jpage({dataUrl:'/module/web/jpage/dataproxy.jsp',perpage:15})</script></div>"),
        ("jpaas", """<div class="page-content" queryData="{'webId':'8'}" count="386" rows="15"></div>"""),
        ("gkmlpt", "<div id=gk></div><script>window._CONFIG = {SID:'755001',TREE:[]}</script>"),
        ("igs", "<script src='/igs/front/term/type.jhtml?code=1'></script>"),
        ("template", "<ul><li v-for='item in list'>{{ item.title }}</li></ul>"),
        ("application", '<div id="app"></div>'),
        ("ajax_list", "<ul id='n'></ul><script>$.ajax({url:'/list',success:function(d){$('#n').append(d)}})</script>"),
        ("frame", "<iframe src='list2.html' id='mainframe'></iframe>"),
    ],
)
def test_a_list_filled_by_a_known_dialect_is_dynamic(dialect: str, main: str) -> None:
    result = found(framed(main + TEXT))
    assert result.reading.state == "dynamic"
    assert next(flag.evidence for flag in result.flags if flag.name == "scripted") == dialect


def test_an_empty_word_beside_a_script_that_may_fill_the_list_is_no_proof() -> None:
    main = "<ul id='n'><li>暂无数据</li></ul><script>$.getJSON('/list',function(d){$('#n').html(d)})</script>"
    assert found(framed(main + TEXT)).reading.state == "dynamic"


@pytest.mark.parametrize(
    "body", ["", "ok", "<html></html>", "<html><body>暂无内容</body></html>", "404 Not Found", "栏目不存在！"]
)
def test_stubs_are_unknown(body: str) -> None:
    assert found(body, URL, now=NOW).reading.state == "unknown"


def test_a_pager_alone_proves_nothing() -> None:
    assert found(framed(PAGER + TEXT)).reading.state == "unknown"


WORDS = (
    "该栏目",
    "本",
    "列表",
    "下",
    "暂时",
    "暂",
    "没有",
    "无",
    "未有",
    "任何",
    "相关",
    "的",
    "内容",
    "信息",
    "正在",
    "更新中",
    "敬请期待",
    "，",
    "公",
)


@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_words_are_found_by_their_hints_as_without_them(words: list[str]) -> None:
    said = "".join(words)
    assert [m.span() for m in emptiness.words_in(said)] == [m.span() for m in emptiness.EMPTY_WORDS.finditer(said)]


@pytest.mark.parametrize(
    "said", ["共0条", "共 有 <b>0</b> 篇", "总记录数：0 ", "总共0条", "合计：<i>0</i><", "记录数为0条", "总数是 0"]
)
def test_a_count_of_nothing_is_recognised(said: str) -> None:
    assert emptiness.EMPTY_COUNTS.search(f"<p>{said}</p>")


@pytest.mark.parametrize("said", ["共10条", "总记录数：0.5", "总记录数：20", "合同0条", "共0", "记录0条", "共建0号"])
def test_another_count_is_no_proof(said: str) -> None:
    assert emptiness.EMPTY_COUNTS.search(f"{said}页") is None
