"""Whatever a platform's address answers is a value in a short time, and never a date that nobody wrote."""

import time
from datetime import datetime

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.accounts.platforms import PLATFORMS
from crawler.accounts.reader import read_account
from crawler.outcomes import valid_reason
from crawler.read.page import Page
from crawler.records import BEIJING

NOW = datetime(2026, 9, 2, 9, 0, tzinfo=BEIJING)
URL = "https://e.example.cn/a"
MOST_S = 2.0
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["data", "cards", "mblog", "created_at", "list", "vlist", "created", "code", "ok", "resultCount", "results"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=120, deadline=None)
@given(VALUES, st.sampled_from(sorted(PLATFORMS)))
def test_json_of_any_shape_is_a_value(value: object, platform: str) -> None:
    found = read_account(Page(orjson.dumps(value), URL, NOW, "account"), PLATFORMS[platform].title)
    assert found.outcome is None or valid_reason(found.outcome, found.reason)
    assert found.reading.newest is None or found.reading.newest[:4] >= "1990"


BODIES = {
    "letters": b"A" * 3_000_000,
    "brackets": b"<" * 3_000_000,
    "arrays": b"[" * 3_000_000,
    "scripts": b'<script id="RENDER_DATA">' * 100_000,
    "percent": b'<script id="RENDER_DATA">' + b"%7B" * 900_000 + b"<",
    "cards": b'{"ok":1,"data":{"cards":[' + b'{"mblog":{"created_at":"x","id":1}},' * 80_000 + b"1]}}",
    "deep": b'{"data":' * 200_000,
    "times": b'<div id="js_content"></div>' + b"var ct = '12345';" * 170_000,
    "history": b"rich_media var msgList = '{" + b"&quot;" * 400_000,
    "album": b'<i class="js_article_create_time"><ul>' + b'<li data-link="/1" data-title="x">' * 80_000,
}


@pytest.mark.parametrize("platform", ["wechat", "weibo", "douyin", "other"])
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_three_megabytes_of_anything_are_a_value_in_a_short_time(body: bytes, platform: str) -> None:
    begun = time.process_time()
    found = read_account(Page(body, URL, NOW, "account"), PLATFORMS[platform].title)
    assert time.process_time() - begun < MOST_S
    assert found.reading.newest is None
    assert found.outcome is None or valid_reason(found.outcome, found.reason)
