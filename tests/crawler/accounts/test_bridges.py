"""Bridges: the request each program wants, sound feeds, sick ones, and words that never come out again."""

import pickle
from datetime import datetime
from hashlib import md5

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.accounts.bridgeforms import ERRORS, FEED_FAULTS, PROFILES, bridge_error, credential_sign
from crawler.accounts.bridges import Bridge, BridgeAnswer, BridgeAsk, BridgeUnusable, ask_of, read_bridge
from crawler.accounts.found import AccountFound
from crawler.accounts.secret import Scrubber, Secret
from crawler.outcomes import valid_reason
from crawler.records import BEIJING

NOW = datetime(2026, 9, 2, 9, 0, tzinfo=BEIJING)
TOKEN = "s3cret/Tok en+7"
BASE = "http://10.9.8.7:1200"
AT = "2026-09-01T10:20:30+08:00"


def bridge(profile: str = "rsshub", place: str | None = None) -> Bridge:
    return Bridge("one", profile, BASE, Secret(TOKEN), place)


def asked(profile: str = "rsshub", place: str | None = None) -> BridgeAsk:
    ids = {"id": "1234567890", "path": "feeds/a.xml"}
    found = ask_of(bridge(profile, place), "新浪微博" if profile == "rsshub" else "微信订阅号", ids)
    assert found is not None
    return found


def item(written: str, title: str = "消息", more: str = "", link: str = "https://mp.weixin.qq.com/s/abc") -> str:
    return f"<item><title>{title}</title><link>{link}</link><pubDate>{written}</pubDate>{more}</item>"


def rss(*items: str, head: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'.encode()


GMT = item("Tue, 01 Sep 2026 02:20:30 GMT")


def tell(body: bytes, status: int | None = 200, ask: BridgeAsk | None = None, kind: str | None = None) -> AccountFound:
    return read_bridge(ask or asked(), BridgeAnswer(status, body, kind), NOW)


@pytest.mark.parametrize(
    ("profile", "printed", "ids", "url"),
    [
        ("rsshub", "新浪微博", {"id": "1234567890"}, "/weibo/user/1234567890"),
        ("rsshub", "今日头条", {"id": "MS4wLjABAAAA-x_y="}, "/toutiao/user/token/MS4wLjABAAAA-x_y="),
        ("rsshub", "抖音短视频", {"id": "MS4wLjABAAAA"}, "/douyin/user/MS4wLjABAAAA"),
        ("rsshub", "哔哩哔哩", {"id": "77"}, "/bilibili/user/video/77"),
        ("rsshub", "快手", {"id": "3xab"}, "/kuaishou/profile/3xab"),
        ("rsshub", "微信公众号", {"biz": "MzA3==", "album": "99"}, "/wechat/mp/msgalbum/MzA3==/99"),
        ("wewe-rss", "微信订阅号", {"id": "MP_WXS_123"}, "/feeds/MP_WXS_123.rss?limit=30"),
        ("we-mp-rss", "微信服务号", {"id": "MP_WXS_123"}, "/rss/MP_WXS_123?limit=30"),
        ("wechat2rss", "微信订阅号", {"id": "abc123"}, "/feed/abc123.xml"),
        ("feed", "微信订阅号", {"path": "a/b.xml"}, "/a/b.xml"),
        ("feed", "任何类型", {}, ""),
    ],
)
def test_each_program_is_asked_by_its_own_path(profile: str, printed: str, ids: dict[str, str], url: str) -> None:
    ask = ask_of(Bridge("one", profile, BASE), printed, ids)
    assert ask is not None
    assert ask.url == BASE + url
    assert not ask.headers


@pytest.mark.parametrize(
    ("profile", "printed", "ids"),
    [
        ("rsshub", "微信视频号", {"id": "1"}),
        ("rsshub", "新浪微博", {}),
        ("rsshub", "新浪微博", {"id": "1/../../admin"}),
        ("rsshub", "新浪微博", {"id": ".."}),
        ("rsshub", "新浪微博", {"id": "1?x=1"}),
        ("rsshub", "从未见过", {"id": "1"}),
        ("wewe-rss", "新浪微博", {"id": "1"}),
        ("wewe-rss", "微信订阅号", {"id": "all\n"}),
    ],
)
def test_what_a_program_has_no_route_for_is_not_asked(profile: str, printed: str, ids: dict[str, str]) -> None:
    assert ask_of(Bridge("one", profile, BASE), printed, ids) is None


def test_a_plain_feeds_path_stays_below_its_base() -> None:
    ask = ask_of(Bridge("one", "feed", BASE + "/team"), "微信订阅号", {"path": "../../etc/passwd"})
    assert ask is not None
    assert ask.url == BASE + "/team"


def test_the_token_goes_where_the_program_wants_it() -> None:
    path = "/weibo/user/1234567890"
    assert asked().url == f"{BASE}{path}?code={md5((path + TOKEN).encode(), usedforsecurity=False).hexdigest()}"
    assert asked("rsshub", "query:key").url == f"{BASE}{path}?key=s3cret%2FTok+en%2B7"
    assert asked("wechat2rss").url.endswith(".xml?k=s3cret%2FTok+en%2B7")
    assert dict(asked("feed", "bearer").headers) == {"Authorization": f"Bearer {TOKEN}"}
    assert TOKEN not in asked("wewe-rss").url


def test_the_one_address_that_settings_let_through_is_the_bridges() -> None:
    assert bridge().origin == ("10.9.8.7", 1200)
    assert Bridge("b", "feed", "https://feeds.example.cn/x/").origin == ("feeds.example.cn", 443)


@pytest.mark.parametrize(
    ("profile", "base", "token", "place"),
    [
        ("other", BASE, None, None),
        ("feed", "ftp://h/", None, None),
        ("feed", "http://user:hunter2pass@h/", None, None),
        ("feed", "http://h/?token=hunter2pass", None, None),
        ("feed", "http://h:99999999/", None, None),
        ("feed", "hunter2pass", None, None),
        ("feed", BASE, "abc", None),
        ("feed", BASE, "hunter2pass", "cookie"),
    ],
)
def test_settings_that_cannot_work_are_refused_without_showing_them(
    profile: str, base: str, token: str | None, place: str | None
) -> None:
    with pytest.raises(BridgeUnusable) as told:
        Bridge("b", profile, base, Secret(token) if token else None, place)
    assert "hunter2pass" not in str(told.value)
    assert "bridge b" in str(told.value)


@pytest.mark.parametrize("profile", PROFILES)
def test_newest_is_the_largest_date_of_an_item_and_never_the_feeds_own(profile: str) -> None:
    head = "<title>x</title><lastBuildDate>Wed, 02 Sep 2026 00:59:00 GMT</lastBuildDate><ttl>5</ttl>"
    found = tell(rss(item("Mon, 24 Aug 2026 02:00:00 GMT"), GMT, head=head), ask=asked(profile))
    assert (found.reading.newest, found.reading.state, found.account_state) == (AT, "feed", "alive")
    assert (found.observed_by, found.outcome) == ("bridge_feed", None)


def test_times_without_zone_are_beijing_time_and_say_so() -> None:
    found = tell(rss(item("Tue, 01 Sep 2026 10:20:30 ", more="<id>1</id>")), ask=asked("we-mp-rss"))
    assert found.reading.newest == AT
    assert "naive_time" in {flag.name for flag in found.flags}


def test_atom_and_json_feeds_are_read_too() -> None:
    atom = f"<feed xmlns='http://www.w3.org/2005/Atom'><updated>2026-09-02T00:59:00Z</updated><entry><title>x</title><published>{AT}</published></entry></feed>"
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "x", "date_published": AT}]}
    for body in (atom.encode(), orjson.dumps(feed)):
        assert tell(body).reading.newest == AT


def test_a_list_of_tagged_posts_only_is_a_lower_bound() -> None:
    ask = ask_of(bridge(), "微信公众号", {"biz": "MzA3==", "album": "99"})
    assert "lower_bound" in {flag.name for flag in tell(rss(GMT), ask=ask).flags}


@pytest.mark.parametrize(
    ("synced", "error"),
    [
        ("Wed, 02 Sep 2026 00:35:00 GMT", None),
        ("Sun, 30 Aug 2026 09:35:00 GMT", None),
        ("Sat, 15 Aug 2026 09:35:00 GMT", "not_synced"),
    ],
)
def test_an_account_that_the_bridge_itself_no_longer_looks_at_is_not_silent(synced: str, error: str | None) -> None:
    old = item("Mon, 10 Aug 2026 02:00:00 GMT", "<![CDATA[<updated>2020-01-01T00:00:00Z</updated>]]>")
    for field in ("lastBuildDate", "updated", "pubDate"):
        body = rss(old, head=f"<title>x</title><{field}>{synced}</{field}>")
        assert bridge_error(tell(body, ask=asked("wewe-rss"))) == error
        assert bridge_error(tell(body, ask=asked("feed"))) is None


def test_a_feed_that_does_not_say_when_it_was_made_is_read() -> None:
    assert tell(rss(item("Mon, 10 Aug 2026 02:00:00 GMT")), ask=asked("wewe-rss")).reading.newest == "2026-08-10T10:00:00+08:00"


def test_lists_of_sendings_say_that_other_posts_may_be_missing() -> None:
    for profile in PROFILES:
        flags = {flag.name for flag in tell(rss(GMT), ask=asked(profile)).flags}
        assert ("mass_sent_only" in flags) == (profile not in ("rsshub", "feed"))


def test_a_route_without_times_is_not_observable_and_no_illness() -> None:
    ask = ask_of(bridge(), "快手短视频", {"id": "3xab"})
    found = tell(rss("<item><title>甲</title></item>"), ask=ask)
    assert (found.outcome, found.reason, found.account_state) == ("not_observable", "no_dates", "alive")


@pytest.mark.parametrize(
    ("body", "status", "name"),
    [
        (b"", None, "no_answer"),
        (rss(), 200, "empty_feed"),
        (b'{"version":"https://jsonfeed.org/version/1.1","items":{}}', 200, "broken_feed"),
        (rss("<item><title>x</title></item>"), 200, "undated_feed"),
        (rss(item("Tue, 01 Sep 2099 02:20:30 GMT")), 200, "undated_feed"),
        (rss(*[GMT] * 9), 200, "stamped_by_bridge"),
        (b"<html><title>x</title></html>", 200, "not_a_feed"),
        (b"", 200, "not_a_feed"),
        (b'{"items":[{"title":"x"}]}', 200, "not_a_feed"),
        (b"\x00\xff" * 500, 200, "not_a_feed"),
        (b"<center><h1>502 Bad Gateway</h1></center>", 502, "upstream"),
        (b"<h1>Looks like something went wrong</h1>", 200, "upstream"),
        ('{"statusCode":500,"message":"今日小黑屋"}'.encode(), 500, "banned"),
        (b'{"detail":{"code":50001,"message":"ret 200003 invalid session"}}', 406, "expired"),
        (b'{"detail":"ret 200013 freq control"}', 200, "rate_limited"),
        (b"slow down", 429, "rate_limited"),
        (b"Access denied. ", 403, "refused"),
        (b'{"err":"token error"}', 200, "refused"),
        ('{"detail":{"code":40401,"message":"公众号不存在"}}'.encode(), 404, "no_such_feed"),
        (b"moved", 302, "moved"),
        (b"teapot", 418, "not_a_feed"),
        (rss(GMT), 503, "upstream"),
    ],
)
def test_what_is_no_sound_feed_is_a_sick_bridge_and_never_a_silent_account(body: bytes, status: int | None, name: str) -> None:
    found = tell(body, status)
    assert (found.outcome, found.reason, found.account_state) == ("inconclusive", "bridge_sick", "unknown")
    assert valid_reason("inconclusive", "bridge_sick")
    assert (bridge_error(found), found.reading.newest, found.observed_by) == (name, None, "bridge_feed")


def test_eight_posts_of_one_sending_may_bear_one_second() -> None:
    assert tell(rss(*[GMT] * 8)).reading.newest == AT


def test_what_an_answer_tells_of_the_login_behind_the_bridge() -> None:
    assert credential_sign(tell(rss(GMT))) == "ok"
    assert credential_sign(tell("今日小黑屋".encode(), 500)) == "banned"
    assert credential_sign(tell(b"", 429)) == "rate_limited"
    assert credential_sign(tell(b"", 401)) == "refused"
    assert credential_sign(tell(rss())) is None
    assert credential_sign(tell(b"", 502)) is None


def test_the_names_of_what_is_wrong_are_told_apart() -> None:
    assert not ERRORS.keys() & FEED_FAULTS.keys()
    for row in ERRORS.values():
        assert row.statuses or row.phrases or row.name == "not_a_feed"
        assert all(phrase == phrase.lower() for phrase in row.phrases)


def everything(found: object) -> str:
    return repr(found)


@pytest.mark.parametrize("place", ["none", "bearer", "query:k", "md5:code"])
def test_no_word_of_the_token_or_the_address_comes_out(place: str) -> None:
    ask = asked("rsshub", place)
    code = md5(("/weibo/user/1234567890" + TOKEN).encode(), usedforsecurity=False).hexdigest()
    echoes = [TOKEN, TOKEN.upper(), "s3cret%2FTok%20en%2B7", "s3cret%2FTok+en%2B7", "10.9.8.7:1200", f"{BASE}/x"]
    echoes += [code] if place == "md5:code" else []
    for echo in echoes:
        bodies = [
            rss(item("Tue, 01 Sep 2026 02:20:30 GMT", f"题 {echo}", link=f"{BASE}/x?k={echo}"), head=f"<link>{echo}</link>"),
            f"<html><title>{echo}</title><body>Access denied {echo}</body></html>".encode(),
            orjson.dumps({"detail": {"message": echo}}),
            orjson.dumps({"version": "https://jsonfeed.org/version/1", "items": [{"title": echo, "date_published": echo}]}),
            echo.encode(),
        ]
        for body in bodies:
            for status in (200, 401, 502):
                said = everything(tell(body, status, ask)).lower()
                for word in (*echoes, "s3cret"):
                    assert word.lower() not in said
    for shown in (everything(ask), everything(bridge("rsshub", place)), f"{bridge().token}", str(ask), ask.label):
        assert "s3cret" not in shown
        assert "10.9.8.7" not in shown


def test_a_feed_on_the_accounts_own_site_keeps_the_addresses_of_its_articles() -> None:
    base = "https://www.example.gov.cn/rss/private-7f3a.xml"
    ask = ask_of(Bridge("own", "feed", base), "微信订阅号", {})
    links = ["https://www.example.gov.cn/art/1.html", base]
    found = tell(rss(*(item("Tue, 01 Sep 2026 02:20:30 GMT", "甲", link=link) for link in links)), ask=ask)
    assert [row.url for row in found.items] == [links[0], None]
    inside = ask_of(Bridge("own", "feed", "http://feeds.lan/x"), "微信订阅号", {})
    found = tell(rss(item("Tue, 01 Sep 2026 02:20:30 GMT", "feeds.lan", link="http://feeds.lan/1")), ask=inside)
    assert "feeds.lan" not in everything(found)


def test_the_label_of_a_request_shows_the_route_and_no_id() -> None:
    ask = ask_of(bridge("wechat2rss"), "微信订阅号", {"id": "unguessable7f3a"})
    assert ask is not None
    assert ask.label == "wechat2rss:/feed/{id}.xml"
    assert "unguessable" not in repr(ask)


def test_a_secret_is_hidden_however_it_is_printed_and_is_not_pickled() -> None:
    secret = Secret("hunter2pass")
    shown = f"{secret} {secret!r} {secret!s} {secret:>20} {[secret]} {{'a': {secret}}} %s" % secret
    assert "hunter2" not in shown
    assert secret.reveal() == "hunter2pass"
    assert secret == Secret("hunter2pass")
    assert secret != "hunter2pass"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@given(st.text(min_size=4, max_size=30), st.text(max_size=20), st.text(max_size=20))
def test_a_word_is_taken_out_wherever_it_stands(word: str, before: str, after: str) -> None:
    cleaned = Scrubber([word]).text(before + word + after)
    assert word not in cleaned or word in "***"


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([200, 204, 301, 404, 500, None, 0, -1, 999]), st.integers(0, 400))
def test_any_bytes_and_status_give_a_value(noise: bytes, status: int | None, cut: int) -> None:
    whole = rss(GMT, GMT)
    for body in (
        noise,
        whole[:cut],
        whole[:cut] + noise + whole[cut:],
        b'{"version":"https://jsonfeed.org/version/1",' + noise,
    ):
        found = tell(body, status)
        assert found.outcome is None or valid_reason(found.outcome, found.reason)
        assert found.reading.newest is None or found.outcome is None


def test_entities_of_a_feed_are_never_expanded() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    outside = '<!ENTITY file SYSTEM "file:///etc/passwd">'
    head = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "boom">{levels}{outside}]>'
    text = rss(item("Tue, 01 Sep 2026 02:20:30 GMT", "&e11;&file;")).decode().partition("?>")[2]
    found = tell((head + text).encode())
    assert found.reading.newest == AT
    assert "boomboom" not in everything(found)
    assert "root:" not in everything(found)


@pytest.mark.parametrize(
    "body",
    [
        b"A" * 3_000_000,
        b"<" * 3_000_000,
        b"[" * 3_000_000,
        rss(*[GMT] * 30_000),
        rss(item("Tue, 01 Sep 2026 02:20:30 GMT", "x" * 3_000_000)),
        b"<rss><channel>" + b"<item>" * 300_000,
        b'{"version":"https://jsonfeed.org/version/1","items":[' + b"[" * 500_000,
        b"<!DOCTYPE rss [" + b"<!ENTITY a 'b'>" * 150_000 + b"]><rss>",
    ],
    ids=["letters", "brackets", "arrays", "items", "title", "nesting", "json", "entities"],
)
def test_three_megabytes_of_anything_are_an_outcome(body: bytes) -> None:
    found = tell(body)
    assert found.outcome in (None, "inconclusive")
    assert len(everything(found)) < 2_000_000
