"""Altered, cloned and sold pages: flags with evidence, and silence about honest ones."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.read.document import Document
from crawler.read.tampering import hidden_links, parked_text, read_tampering, registrable, spam_evidence
from crawler.records import BEIJING


def opened(text: str, url: str = "http://www.example.gov.cn/") -> Document:
    return Document(text, url, datetime(2026, 11, 22, tzinfo=BEIJING))


def names(text: str) -> list[str]:
    return [flag.name for flag in read_tampering(opened(text))]


def page(title: str = "某某县人民政府", body: str = "", head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body>{'<p>政务公开正文</p>' * 300}{body}</body></html>"


def block(style: str, hosts: int, suffix: str = "com") -> str:
    return f'<div style="{style}">' + "".join(f'<a href="https://www.shop{n}.{suffix}/">x</a>' for n in range(hosts)) + "</div>"


@pytest.mark.parametrize(
    "text",
    [
        page("必威体育app_必威体育娱乐-【官网下载】2023年通报"),
        page(head='<meta name="keywords" content="澳门赌博网,bet365,投注">'),
        page(head='<meta name="description" content="欧洲杯投注_欧洲杯投注官网直播">'),
        page(body="".join(f'<a href="/{n}">百家乐{n}</a>' for n in range(7))),
        page("欧洲杯投注_澳门投注 欧洲杯投注_澳门投注"),
    ],
)
def test_search_spam_is_flagged_with_its_words(text: str) -> None:
    assert names(text) == ["spam_words"]
    assert spam_evidence(text)


@pytest.mark.parametrize(
    "text",
    [
        page(),
        page("公安机关严厉打击网络投注和博彩犯罪"),
        page("福利彩票发行管理中心-彩票公益金"),
        page("港澳办：澳门回归纪念"),
        page("县文化馆直播预告", '<a href="/1">世界杯期间安全提示</a><a href="/2">关于整治棋牌室的通告</a>'),
        page(body='<a href="/a">警惕“六合彩”骗局</a>'),
    ],
)
def test_words_that_offices_use_are_not_flagged(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    "style",
    [
        "display:none;",
        "DISPLAY : none",
        "visibility:hidden",
        "position:absolute;left:-9999px",
        "text-indent:-999em",
        "font-size:0px;",
        "height:1px;width:1px;overflow:hidden",
    ],
)
def test_a_hidden_block_of_links_to_strangers_is_flagged(style: str) -> None:
    assert names(page(body=block(style, 6))) == ["hidden_links"]


def test_a_tiny_marquee_of_links_to_strangers_is_flagged() -> None:
    assert names(page(body=block("", 5).replace("div", 'marquee height="1"', 1))) == ["hidden_links"]


def test_the_evidence_names_hosts() -> None:
    assert (
        hidden_links(opened(page(body=block("display:none", 5))))
        == "5 hosts: shop0.com shop1.com shop2.com shop3.com shop4.com"
    )


@pytest.mark.parametrize(
    "body",
    [
        block("display:none", 3),
        block("display:block", 9),
        block("display:none", 9, "gov.cn"),
        block("display:none", 9, "example.gov.cn"),
        '<div style="display:none">' + "".join(f'<a href="/{n}.html">导航{n}</a>' for n in range(40)) + "</div>",
        '<ul style="display:none"><li><a href="http://www.people.com.cn/">人民网</a><a href="http://www.xinhuanet.com">新华网</a>'
        '<a href="https://www.cctv.com">央视网</a><a href="//www.chinanews.com.cn/">中新网</a></li></ul>',
    ],
)
def test_hidden_menus_of_honest_templates_are_not_flagged(body: str) -> None:
    assert names(page(body=body)) == []


@pytest.mark.parametrize(
    "text",
    [
        "<title>此域名正在出售</title><body><h1>example.com</h1></body>",
        "<title>example.com</title><body><p>This domain is for sale. Make an offer.</p></body>",
        "<title>提示</title><body>您访问的网站已到期，请联系管理员</body>",
    ],
)
def test_the_words_of_a_domain_seller_or_an_expired_host_are_flagged(text: str) -> None:
    assert names(text) == ["parked_text"]


def test_an_article_about_domains_is_not_flagged() -> None:
    assert parked_text(page("关于规范域名出售行为的通知", "<p>此域名出售行为属违规</p>")) is None


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.a.gov.cn", "a.gov.cn"),
        ("a.gov.cn", "a.gov.cn"),
        ("x.y.com", "y.com"),
        ("y.com", "y.com"),
        ("10.1.2.3", "10.1.2.3"),
        ("", ""),
    ],
)
def test_the_domain_somebody_registers(host: str, domain: str) -> None:
    assert registrable(host) == domain


@given(st.text(max_size=200))
def test_any_text_gives_flags(noise: str) -> None:
    for text in (noise, page(noise, noise, noise), f'<div style="display:none"><a href="http://{noise}">x</a></div>'):
        assert isinstance(read_tampering(opened(text, noise)), tuple)


DISGUISES = {
    "https://": "htt&#112;s://",
    "//www": "&#x2f;&sol;www",
    'href="https:': 'HREF = "HTTPS:',
    "https://www": "//www",
}


@pytest.mark.parametrize("plain", DISGUISES)
def test_strangers_are_found_however_their_addresses_are_written(plain: str) -> None:
    hidden = block("display:none", 6).replace(plain, DISGUISES[plain])
    assert names(page(body=hidden)) == ["hidden_links"]


def test_strangers_parted_by_nuls_are_found() -> None:
    hidden = block("display:none", 6).replace("https://", "https:\0//")
    assert names(page(body=hidden)) == ["hidden_links"]


def test_strangers_in_the_open_are_not_hidden_links() -> None:
    assert names(page(body=block("display:block", 6) + '<p style="display:none">菜单</p>')) == []


@given(
    st.lists(
        st.sampled_from(['<a href="https://a{}.com">', "<a href=//b{}.net/x>", '<a href="/own/{}">', "</a>", "{}"]), max_size=20
    )
)
def test_the_quick_look_never_hides_what_the_tree_shows(pieces: list[str]) -> None:
    body = "".join(piece.format(n) for n, piece in enumerate(pieces))
    shown = hidden_links(opened(page(body=f'<div style="display:none">{body}</div>')))
    forced = hidden_links(opened(page(body=f'<div style="display:none">{body}</div><i title="&#47;">')))
    assert shown == forced
