"""Which requests a page's scripts would make."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.read.scriptcalls import Call, pairs_of, script_calls


def calls(code: str) -> list[Call]:
    return script_calls(f"<html><script type='text/javascript'>{code}</script></html>")


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("$.get('/a.json', function(d){})", Call("/a.json")),
        ("$.getJSON('/a.json', {page: 1, id: 'x'}, f)", Call("/a.json", "GET", (("page", "1"), ("id", "x")))),
        ("$.ajax({url: '/a/list', type: 'post', data: {pageIndex: 1}})", Call("/a/list", "POST", (("pageIndex", "1"),))),
        ("$.ajax({type:'POST', data:{id:7}, url:'/a/list'})", Call("/a/list", "POST", (("id", "7"),))),
        ('fetch("/a.json?x=1").then(f)', Call("/a.json?x=1")),
        ("axios.post('/a', {n: 2})", Call("/a", "POST", (("n", "2"),))),
        ("var x = new XMLHttpRequest(); x.open('GET', '/a.xml', true)", Call("/a.xml")),
        ("$('#list').load('/inc/list.html')", Call("/inc/list.html")),
        ("var id = '44'; $.get('/a/' + id + '.json')", Call("/a/44.json")),
        ("let id = 44; fetch(`/a/${id}/list`)", Call("/a/44/list")),
        ("$.get('/a.json?t=' + new Date().getTime())", Call("/a.json?t=1")),
        ("$.get('/a.json?r=' + Math.random(), f)", Call("/a.json?r=1")),
        ("$.get('/a', {page: current, rows: size}, f)", Call("/a", "GET", (("page", "1"), ("rows", "15")))),
        ("$.get('https:\\/\\/www.example.gov.cn\\/a', f)", Call("https://www.example.gov.cn/a")),
        ("var cfg = {api: '/a.json'}; fetch(cfg.api);", Call("/a.json")),
    ],
)
def test_a_request_is_told_from_the_code(code: str, call: Call) -> None:
    assert call in calls(code)


@pytest.mark.parametrize(
    "code",
    [
        "$.get(addressOf(list))",
        "$.get('/a/' + unknown + '.json')",
        "fetch(`/a/${unknown}`)",
        "$.get('/a', {id: chosen}, f)",
        "// $.get('/old.json')",
        "/* fetch('/old.json') */",
        "var text = 'nothing here'",
    ],
)
def test_what_depends_on_more_than_the_page_is_left_out(code: str) -> None:
    assert calls(code) == []


def test_a_script_whose_source_names_a_callback_is_data() -> None:
    assert script_calls("<script src='/d/list.json?callback=show&amp;n=2'></script>") == [
        Call("/d/list.json?callback=show&n=2")
    ]
    assert script_calls("<script src='/js/app.js?v=2'></script>") == []


def test_templates_in_scripts_are_not_code() -> None:
    assert script_calls("<script type='text/template'>$.get('/a.json')</script>") == []


def test_each_request_comes_once() -> None:
    assert len(calls("$.get('/a.json'); $.get('/a.json');")) == 1


def test_the_members_of_an_object_literal() -> None:
    assert pairs_of("{'webId':'a', \"rows\": 15, on: true, 'f': g(), &quot;x&quot;:&quot;y&quot;}") == {
        "webId": "a", "rows": "15", "on": "true", "x": "y",
    }  # fmt: skip
    assert pairs_of("") == {}


@given(st.text(alphabet="$.get('/a')+{}[]:,;`\\\"/*new Date \n<script>ajaxurldata", max_size=400))
def test_any_code_gives_calls_and_no_exception(code: str) -> None:
    for call in calls(code):
        assert call.url and call.method in ("GET", "POST")


@pytest.mark.parametrize(
    "piece", ["/*", "url:'", "$.get(", "fetch(`${a}", "'+'", "$.ajax({data:{", "<script>", "x.open('GET','a'+"]
)
def test_hostile_code_costs_little(piece: str) -> None:
    assert isinstance(calls(piece * 20_000), list)
