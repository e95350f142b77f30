"""What an answer is instead of its page: by status, headers, title and words; and the benefit of the doubt."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.signatures import SIGNATURES, Signature, classify, http_reason
from crawler.outcomes import valid_reason
from crawler.visible import MOST_TEXT, visible_text

LIST = (
    "<html><head><title>通知公告-某某县人民政府</title></head><body><ul>"
    + "<li><a href=/a>关于某事的通知</a>2026-09-01</li>" * 60
    + "</ul></body></html>"
)


def small(body: str, title: str = "") -> str:
    return (
        f"<html><head><title>{title}</title><style>p{{color:red}}</style></head><body><div class=box>{body}</div></body></html>"
    )


def named(status: int, text: str, headers: dict[str, str] | None = None, *, content: bool = False) -> tuple[str, str] | None:
    return classify(status, headers or {}, text, None, content)


@pytest.mark.parametrize(
    ("status", "headers", "text", "expected"),
    [
        (412, {}, "", ("challenged", "status_412")),
        (412, {}, small("anything"), ("challenged", "status_412")),
        (412, {}, "<script>$_ts=window['$_ts'];</script>", ("challenged", "ruishu")),
        (202, {}, "<meta id=x content='abc'><script>var $_ts={};</script>", ("challenged", "ruishu")),
        (200, {}, "<script r='m'>$_ts.cd='qE';</script>", ("challenged", "ruishu")),
        (200, {"Set-Cookie": "FSSBBIl1UgzbN7N80S=60abc; Path=/"}, "", ("challenged", "ruishu_empty")),
        (202, {}, "", ("challenged", "status_202")),
        (521, {}, "", ("challenged", "status_521")),
        (521, {"Set-Cookie": "__jsl_clearance_s=1; path=/"}, "<script>x</script>", ("challenged", "jiasule")),
        (
            521,
            {},
            "<script>document.cookie='a=b';location.href=location.pathname+location.search</script>",
            ("challenged", "jiasule"),
        ),
        (200, {}, '<script>go({"bts":["1"],"ha":"sha256"})</script>', ("challenged", "jiasule")),
        (200, {}, "<script>var arg1='0A1B2C';</script>", ("challenged", "aliyun_script")),
        (
            200,
            {"set-cookie": "C3VK=5a; max-age=300"},
            "<script>document.cookie='C3VK=5a';location.reload()</script>",
            ("challenged", "c3vk"),
        ),
        (302, {"Set-Cookie": "CT6T=1; path=/"}, "", ("challenged", "cookie_redirect")),
        (403, {"cf-mitigated": "challenge"}, small("", "Just a moment..."), ("challenged", "cloudflare")),
        (503, {}, small("x", "Just a moment..."), ("challenged", "cloudflare")),
        (202, {"x-amzn-waf-action": "challenge"}, "", ("challenged", "aws_waf")),
        (429, {}, "", ("challenged", "rate_limited")),
        (432, {}, "", ("challenged", "status_432")),
        (200, {}, small("请按住滑块，拖动到最右边"), ("challenged", "captcha")),
        (200, {}, small("请 输入 验证码"), ("challenged", "captcha")),
        (200, {}, small("您访问的频率过高"), ("challenged", "frequency")),
        (200, {}, "<script>document.cookie='k=1';location.reload();</script>", ("challenged", "cookie_shell")),
        (405, {}, small("很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。"), ("blocked", "aliyun_block")),
        (405, {}, small("该网站正在使用电信云防护服务，您的请求已被拦截"), ("blocked", "telecom_cloud")),
        (200, {}, small("当前访问疑似黑客攻击，已被网站管理员设置拦截"), ("blocked", "chuangyudun")),
        (403, {}, small("D盾_拦截提示 您的请求被拦截"), ("blocked", "dshield")),
        (403, {}, small("Web应用防火墙"), ("blocked", "firewall")),
        (403, {}, small("海外访问受限"), ("blocked", "region")),
        (200, {}, small("The requested URL was rejected. Please consult with your administrator."), ("blocked", "f5")),
        (444, {}, "", ("blocked", "status_444")),
        (404, {}, "", ("http_error", "not_found")),
        (410, {}, LIST, ("http_error", "gone")),
        (403, {}, small("Forbidden"), ("http_error", "forbidden")),
        (405, {}, "", ("http_error", "method_not_allowed")),
        (418, {}, "", ("http_error", "client_error")),
        (500, {}, small("x"), ("http_error", "server_error")),
        (503, {}, "", ("http_error", "unavailable")),
        (999, {}, "", ("http_error", "other_status")),
        (200, {}, "", ("soft_404", "empty_body")),
        (200, {}, "  \n ", ("soft_404", "empty_body")),
        (200, {}, "abc", ("soft_404", "stub")),
        (200, {}, "<html></html>", ("soft_404", "stub")),
        (200, {}, small("栏目不存在!"), ("soft_404", "not_found")),
        (200, {}, small("404 Not Found", "404 Not Found"), ("soft_404", "not_found")),
        (200, {}, small("该应用已禁用"), ("soft_404", "switched_off")),
        (200, {}, small("网站升级改版中，敬请期待"), ("soft_404", "maintenance")),
        (200, {}, small("x", "Welcome to nginx!"), ("soft_404", "default_page")),
        (200, {}, small("Whitelabel Error Page"), ("soft_404", "error_page")),
        (200, {}, small("x", "此域名正在出售"), ("parked", "for_sale")),
        (200, {}, small("This domain is for sale"), ("parked", "for_sale")),
        (200, {}, small("您的域名未备案，请尽快备案"), ("parked", "not_registered")),
    ],
)
def test_answers_that_are_not_their_page(status: int, headers: dict[str, str], text: str, expected: tuple[str, str]) -> None:
    assert named(status, text, headers) == expected


def test_a_healthy_page_is_not_suspected_with_or_without_content() -> None:
    assert named(200, LIST, content=True) is None
    assert named(200, LIST) is None


@pytest.mark.parametrize(
    "words",
    [
        "$_ts",
        "滑动验证",
        "栏目不存在",
        "访问被拦截",
        "此域名正在出售",
        "acw_sc__v2",
        "安全狗",
        "域名已过期",
        "请输入验证码",
        "Request blocked",
    ],
)
def test_words_in_a_page_with_content_prove_nothing(words: str) -> None:
    assert named(200, LIST.replace("<ul>", f"<script>{words}</script><p>{words}</p><ul>"), content=True) is None


@pytest.mark.parametrize(
    "title",
    [
        "404错误页面",
        "404 - 某某县人民政府",
        "页面不存在",
        "您访问的页面不存在_某某网",
        "对不起，您访问的栏目已删除",
        "Page Not Found",
        "HTTP Status 404 – 未找到",
    ],
)
def test_the_title_of_an_error_page_counts_although_its_frame_has_lists(title: str) -> None:
    assert classify(200, {}, LIST, title, True) == ("soft_404", "not_found")


@pytest.mark.parametrize(
    "title",
    [
        "404名学员结业",
        "关于信息不存在的告知书",
        "第404号公告",
        "通知公告",
        "错误信息更正公告",
        "关于域名管理的通知",
        "系统维护公告",
        "网站建设工作通知",
        "500人参加培训",
        "405国道改建工程",
        "网站不存在安全漏洞的说明会",
        "关于规范域名出售行为的通知",
        "域名已过期的处理办法",
        "安全验证技术研讨会",
        "系统停用期间业务办理指南",
    ],
)
def test_honest_titles_are_not_taken_for_errors(title: str) -> None:
    assert classify(200, {}, LIST, title, True) is None
    assert classify(200, {}, LIST, title, False) is None


def test_a_single_page_application_without_words_is_no_error() -> None:
    shell = '<html><head><title>政务公开</title><script src=/app.js></script></head><body><div id="app"></div></body></html>'
    assert named(200, shell) is None


def test_an_empty_json_answer_is_no_stub() -> None:
    assert named(200, "[]") is None
    assert named(200, '{"rows":[]}') is None


def test_an_unchanged_or_redirecting_answer_is_not_judged() -> None:
    assert named(304, "") is None
    assert named(302, "", {"Location": "/x"}) is None


def test_names_of_headers_do_not_depend_on_case() -> None:
    assert named(403, small("x"), {"CF-Mitigated": "challenge"}) == ("challenged", "cloudflare")


def test_every_signature_gives_a_reason_of_its_outcome_and_a_name_of_its_own() -> None:
    assert len({sign.name for sign in SIGNATURES}) == len(SIGNATURES)
    for sign in SIGNATURES:
        assert valid_reason(sign.outcome, sign.name)
        assert re.fullmatch(r"[a-z0-9_]+", sign.name)


@pytest.mark.parametrize("sign", SIGNATURES, ids=lambda sign: str(sign.name))
def test_every_row_of_the_table_is_well_formed(sign: Signature) -> None:
    for word in (*sign.any, *sign.all, *sign.visible, *sign.with_):
        assert word == word.lower()
    assert sign.max_text is None or sign.max_text <= MOST_TEXT
    if "2xx" in sign.status and (sign.any or sign.visible):
        assert sign.max_size is not None  # no long page is ever judged by words in it


@pytest.mark.parametrize("status", [401, 403, 404, 405, 410, 418, 451, 500, 502, 503, 504, 599, 100, 300, 700])
def test_every_status_has_a_closed_reason(status: int) -> None:
    assert valid_reason("http_error", http_reason(status))


def test_visible_text_leaves_out_what_nobody_sees() -> None:
    text = "<title>t</title><!-- c --><script>s</script><STYLE>p</STYLE><p>见 &nbsp; 此<b>文</b></p><script>open"
    assert visible_text(text) == "见此文"


@given(
    st.integers(100, 999),
    st.text(max_size=120),
    st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=3),
    st.booleans(),
)
def test_any_answer_gives_a_closed_outcome_or_none(status: int, text: str, headers: dict[str, str], content: bool) -> None:
    for title in (None, text):
        found = classify(status, headers, text, title, content)
        assert found is None or valid_reason(*found)
