"""Bytes that are valid UTF-8 win over any declaration; the rest is decided by declarations, then by common characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.read.charset import decode

TEXT = (
    "<html><head><title>工作动态</title></head><body>青溪县民政局关于开展专项检查工作的通知，现将有关事项公告如下</body></html>"
)
TRADITIONAL = "<html><body>關於開展專項檢查工作的通知，現將有關事項公告如下，請各單位認真學習，時間為三個月</body></html>"


def declared(text: str, charset: str) -> str:
    return text.replace("<head>", f'<head><meta charset="{charset}">')


@pytest.mark.parametrize(
    ("body", "content_type", "charset"),
    [
        (TEXT.encode(), None, "utf-8"),
        (declared(TEXT, "gb2312").encode(), "text/html; charset=gbk", "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "text/html; charset=gbk", "utf-8"),
        (TEXT.encode("gbk"), None, "gb18030"),
        (declared(TEXT, "gb2312").encode("gbk"), None, "gb18030"),
        (declared(TEXT, "utf-8").encode("gbk"), "text/html; charset=utf-8", "gb18030"),
        (TEXT.encode("gbk"), "text/html; charset=ISO-8859-1", "gb18030"),
        (TRADITIONAL.encode("big5"), None, "big5hkscs"),
        (TRADITIONAL.encode("big5"), "text/html; charset=Big5", "big5hkscs"),
        (TEXT.encode("utf-16-le"), None, "utf-16-le"),
        (TEXT.encode("utf-16-be"), None, "utf-16-be"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), None, "utf-16-le"),
    ],
)
def test_the_bytes_decide_before_any_declaration(body: bytes, content_type: str | None, charset: str) -> None:
    text, name, _ = decode(body, content_type)
    assert name == charset
    assert "通知" in text


def test_a_declaration_of_the_gb_family_is_read_as_gb18030_with_its_rare_characters() -> None:
    text, name, _ = decode(declared("<html><head></head><body>㛃镕𬒈</body></html>", "gb2312").encode("gb18030"))
    assert name == "gb18030"
    assert "㛃镕𬒈" in text


def test_a_lone_0x80_is_the_euro_sign_and_a_second_byte_is_left_alone() -> None:
    body = (
        declared("<html><head></head><body>价格", "gbk").encode("gbk")
        + b" \x80 100 "
        + "€".encode("gb18030")
        + "亐".encode("gbk")
    )
    text, _, _ = decode(body)
    assert text.count("€") == 2
    assert text.endswith("亐")


@pytest.mark.parametrize("cut", [1, 2])
def test_a_body_cut_inside_its_last_character_is_still_utf8(cut: int) -> None:
    body = TEXT.encode()[: -len("</body></html>")] + "公告".encode()
    text, name, clean = decode(body[:-cut])
    assert (name, clean) == ("utf-8", False)
    assert text.endswith("公")


def test_a_few_broken_bytes_do_not_make_utf8_another_charset() -> None:
    text, name, clean = decode((TEXT * 20).encode() + b"\xff\xfe broken " + TEXT.encode(), "text/html; charset=gbk")
    assert (name, clean) == ("utf-8", False)
    assert text.count("工作动态") == 21


def test_only_clean_utf8_may_be_given_to_a_parser_as_it_is() -> None:
    assert decode(TEXT.encode())[2]
    assert not decode(b"\xef\xbb\xbf" + TEXT.encode())[2]
    assert not decode(TEXT.encode("gbk"))[2]


def test_the_registers_charset_overrides_everything() -> None:
    assert decode(TEXT.encode(), None, "GBK")[1] == "gb18030"
    assert decode(TEXT.encode("big5", "replace"), None, "big5")[1] == "big5hkscs"


@pytest.mark.parametrize("name", ["no-such-charset", "base64", "idna", "", "  ", "\0"])
def test_a_charset_nobody_knows_is_passed_over(name: str) -> None:
    assert decode(TEXT.encode(), None, name)[1] == "utf-8"


def test_nothing_at_all_is_an_empty_text() -> None:
    assert decode(b"") == ("", "utf-8", True)


@given(st.binary(max_size=400), st.none() | st.text(max_size=40), st.none() | st.text(max_size=12))
def test_any_bytes_give_text(body: bytes, content_type: str | None, override: str | None) -> None:
    text, name, clean = decode(body, content_type, override)
    assert isinstance(text, str)
    assert name
    assert not clean or text.encode() == body
