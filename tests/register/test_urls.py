"""Addresses: what is left alone, what is mended and named, what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from register.hosts import BadUrl
from register.urls import LONGEST, read_url

HOME = "http://www.nanxi.gov.cn/index.html"

ALONE = [
    ("http://www.nanxi.gov.cn/", "http://www.nanxi.gov.cn/", "www.nanxi.gov.cn"),
    (
        "https://www.nanxi.gov.cn/gzdt/list.html?id=1&page=2",
        "https://www.nanxi.gov.cn/gzdt/list.html?id=1&page=2",
        "www.nanxi.gov.cn",
    ),
    ("HTTP://WWW.Nanxi.GOV.cn/GZDT/", "http://www.nanxi.gov.cn/GZDT/", "www.nanxi.gov.cn"),
    ("http://www.nanxi.gov.cn", "http://www.nanxi.gov.cn/", "www.nanxi.gov.cn"),
    ("http://www.nanxi.gov.cn?id=1", "http://www.nanxi.gov.cn/?id=1", "www.nanxi.gov.cn"),
    ("http://www.nanxi.gov.cn:80/a", "http://www.nanxi.gov.cn/a", "www.nanxi.gov.cn"),
    ("https://www.nanxi.gov.cn:443/a", "https://www.nanxi.gov.cn/a", "www.nanxi.gov.cn"),
    ("http://www.nanxi.gov.cn:8080/a", "http://www.nanxi.gov.cn:8080/a", "www.nanxi.gov.cn"),
    ("https://www.nanxi.gov.cn:80/a", "https://www.nanxi.gov.cn:80/a", "www.nanxi.gov.cn"),
    ("http://192.0.2.7:8080/a", "http://192.0.2.7:8080/a", "192.0.2.7"),
    ("http://[2001:DB8::1]:8080/a", "http://[2001:db8::1]:8080/a", "2001:db8::1"),
    ("http://[2001:db8::1]/", "http://[2001:db8::1]/", "2001:db8::1"),
    ("http://zw_gk.nanxi.gov.cn/a", "http://zw_gk.nanxi.gov.cn/a", "zw_gk.nanxi.gov.cn"),
    ("http://localhost:8080/a", "http://localhost:8080/a", "localhost"),
    ("http://www.nanxi.gov.cn/#/list?id=7", "http://www.nanxi.gov.cn/#/list?id=7", "www.nanxi.gov.cn"),
    ("http://www.nanxi.gov.cn/a%20b/%E6%94%BF", "http://www.nanxi.gov.cn/a%20b/%E6%94%BF", "www.nanxi.gov.cn"),
    ("http://www.nanxi.gov.cn/go?to=http://b.gov.cn/", "http://www.nanxi.gov.cn/go?to=http://b.gov.cn/", "www.nanxi.gov.cn"),
]

MENDED = [
    ("www.nanxi.gov.cn/a", "http://www.nanxi.gov.cn/a", "http:// was put before it"),
    ("www.nanxi.gov.cn:8080/a", "http://www.nanxi.gov.cn:8080/a", "http:// was put before it"),
    ("//www.nanxi.gov.cn/a", "http://www.nanxi.gov.cn/a", "http: was put before it"),
    ("http:/www.nanxi.gov.cn/a", "http://www.nanxi.gov.cn/a", '"http:/" was made'),
    ("http//www.nanxi.gov.cn/a", "http://www.nanxi.gov.cn/a", '"http//" was made'),
    ("https:www.nanxi.gov.cn/a", "https://www.nanxi.gov.cn/a", '"https:" was made'),
    ("htttp://www.nanxi.gov.cn/", "http://www.nanxi.gov.cn/", '"htttp://" was made'),
    ("ttps://www.nanxi.gov.cn/", "https://www.nanxi.gov.cn/", '"ttps://" was made'),
    ("http;//www.nanxi.gov.cn/", "http://www.nanxi.gov.cn/", '"http;//" was made'),
    ("http：//www.nanxi.gov.cn/", "http://www.nanxi.gov.cn/", '"http：//" was made'),
    ("http://http://www.nanxi.gov.cn/", "http://www.nanxi.gov.cn/", '"http://http://" was made'),
    ("http://https://www.nanxi.gov.cn/", "https://www.nanxi.gov.cn/", '"http://https://" was made'),
    (r"http:\\www.nanxi.gov.cn\gzdt\a.html", "http://www.nanxi.gov.cn/gzdt/a.html", "backslashes"),
    ("http://www.nanxi .gov.cn/", "http://www.nanxi.gov.cn/", "blanks in the host name"),
    ("http://www.nanxi.gov.cn /a", "http://www.nanxi.gov.cn/a", "blanks in the host name"),
    ("http://www.nanxi。gov。cn/", "http://www.nanxi.gov.cn/", "。 in the host name"),
    ("http://www.nanxi.gov.cn./", "http://www.nanxi.gov.cn/", "the dot after the host name"),
    ("http://www.nanxi.gov.cn:/a", "http://www.nanxi.gov.cn/a", "the colon without a port"),
    ("ｈｔｔｐ：／／ｗｗｗ．ｎａｎｘｉ．ｇｏｖ．ｃｎ／ａ？ｂ＝１＆ｃ＝２", "http://www.nanxi.gov.cn/a?b=1&c=2", "full-width"),
    ("http://www。nanxi。gov。cn：８０８０/a", "http://www.nanxi.gov.cn:8080/a", "full-width"),
    ("http://www.nanxi.gov.cn/a b", "http://www.nanxi.gov.cn/a%20b", "percent-encoded"),
    ("http://www.nanxi.gov.cn/政务/", "http://www.nanxi.gov.cn/%E6%94%BF%E5%8A%A1/", "percent-encoded"),
    ('http://www.nanxi.gov.cn/a"<b>', "http://www.nanxi.gov.cn/a%22%3Cb", "percent-encoded"),
    ("http://www.nanxi.gov.cn/\ngzdt/", "http://www.nanxi.gov.cn/gzdt/", "line breaks or invisible"),
    ("\u200bhttp://www.nanxi.gov.cn/", "http://www.nanxi.gov.cn/", "line breaks or invisible"),
    ("http://www.nanxi.gov.cn/\x07a", "http://www.nanxi.gov.cn/a", "line breaks or invisible"),
    ("“http://www.nanxi.gov.cn/”，", "http://www.nanxi.gov.cn/", "quotes or punctuation"),
    ("<http://www.nanxi.gov.cn/>;", "http://www.nanxi.gov.cn/", "quotes or punctuation"),
    ("http://www.nanxi.gov.cn/a?b=1&amp;c=2", "http://www.nanxi.gov.cn/a?b=1&c=2", "&amp; was made &"),
    ("http://www.nanxi.gov.cn/a#top", "http://www.nanxi.gov.cn/a", "after #"),
    ("http://南溪.中国/", "http://xn--6kru94d.xn--fiqs8s/", "is asked for as xn--"),
    ("/gzdt/list.html", "http://www.nanxi.gov.cn/gzdt/list.html", "home page was put before"),
]

REFUSED = [
    ("", "there is no address"),
    ("、", "there is no address"),
    ("工作动态", "no web address"),
    ("gzdt/list.html", "no web address"),
    ("list.html", "no web address"),
    ("#", "no web address"),
    ("http://", "no host name"),
    ("ftp://www.nanxi.gov.cn/", "not the address of a web page"),
    ("javascript:void(0)", "not the address of a web page"),
    ("mailto:a@nanxi.gov.cn", "not the address of a web page"),
    ("http://www..gov.cn/", "no host name"),
    ("http://-www.gov.cn/", "no host name"),
    ("http://www,nanxi,gov,cn/", "no host name"),
    (f"http://{'a' * 64}.gov.cn/", "no host name"),
    ("http://南溪\u2460..中国/", "no host name"),
    ("http://256.1.1.1/", "no IP address"),
    ("http://1.2.3/", "no IP address"),
    ("http://[2001:zz::1]/", "no IP address"),
    ("http://www.nanxi.gov.cn:99999/", "no port number"),
    ("http://www.nanxi.gov.cn:0/", "no port number"),
    ("http://www.nanxi.gov.cn:abc/", "no port number"),
    ("http://user:secret@www.nanxi.gov.cn/", "user name or password"),
    ("http://a.gov.cn/ http://b.gov.cn/", "two addresses"),
    ("http://a.gov.cn/；https://b.gov.cn/", "two addresses"),
    ("http://www.nanxi.gov.cn/" + "a" * LONGEST, "longer than"),
]


@pytest.mark.parametrize(("printed", "url", "host"), ALONE)
def test_a_sound_address_is_only_brought_into_its_one_form(printed: str, url: str, host: str) -> None:
    assert read_url(printed) == (url, host, ())


@pytest.mark.parametrize(("printed", "url", "said"), MENDED)
def test_a_mended_address_says_what_was_changed(printed: str, url: str, said: str) -> None:
    mended = read_url(printed, HOME)
    assert mended.url == url
    assert any(said in mend for mend in mended.mends), mended.mends


@pytest.mark.parametrize(("printed", "reason"), REFUSED)
def test_an_address_with_no_safe_reading_is_refused_with_a_mend(printed: str, reason: str) -> None:
    with pytest.raises(BadUrl) as refused:
        read_url(printed, HOME)
    assert reason in refused.value.reason
    assert refused.value.mend.startswith("write ")


def test_a_path_is_refused_where_the_site_has_no_home_page() -> None:
    with pytest.raises(BadUrl, match="path without a host"):
        read_url("/gzdt/")


def test_a_path_keeps_the_scheme_and_port_of_the_home_page() -> None:
    assert read_url("/gzdt/", "https://www.nanxi.gov.cn:8443/a/b.html").url == "https://www.nanxi.gov.cn:8443/gzdt/"


def test_what_is_sound_in_a_path_is_left_alone_though_it_is_full_width() -> None:
    assert read_url("http://www.nanxi.gov.cn/通知（一）").url.endswith("%EF%BC%88%E4%B8%80%EF%BC%89")


@pytest.mark.parametrize("printed", [mended for _, mended, _ in MENDED] + [url for _, url, _ in ALONE])
def test_a_mended_address_needs_no_more_mending(printed: str) -> None:
    assert read_url(printed) == (printed, read_url(printed).host, ())


@given(st.text() | st.text("htp:/\\.@#?&；。：／[]%1a \n\u3000宜").map("http://a".__add__))
def test_any_text_is_read_or_refused_and_what_is_read_is_stable_ascii(text: str) -> None:
    try:
        url = read_url(text, HOME)
    except BadUrl:
        return
    assert url.url.isascii() and url.url.isprintable() and " " not in url.url
    assert url.host.isascii() and url.host == url.host.lower()
    assert read_url(url.url) == (url.url, url.host, ())
