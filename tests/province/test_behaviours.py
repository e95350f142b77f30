"""What each fault does on the wire."""

import asyncio
import gzip
import http.client
import socket
import sys
import zlib
from collections.abc import AsyncIterator, Callable

import brotli
import pytest

from province import Province
from province.behaviours import BEHAVIOURS, bodies, bombs, redirects, timing
from province.faults import FAULTS
from province.model import Column, Site
from tests.province.client import Seen, ask, listed, plain_site, running, small

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Check = Callable[[Seen, bytes], bool]


@pytest.fixture
async def province() -> AsyncIterator[Province]:
    async with running(small()) as made:
        yield made


@pytest.fixture
def site(province: Province) -> Site:
    return plain_site(province)


@pytest.fixture
def column(site: Site) -> Column:
    return listed(site)


def body_of(province: Province, site: Site, column: Column) -> bytes:
    page = province.renderer.page(site, column.path)
    assert page is not None
    return page.body


WIRE: dict[str, Check] = {
    "reset_early": lambda seen, body: seen.reset and seen.body == body[: bodies.EARLY],
    "reset_late": lambda seen, body: seen.reset and seen.body == body[: bodies.after_list(body)],
    "refused": lambda seen, body: seen.reset and seen.raw == b"",
    "nxdomain": lambda seen, body: seen.reset and seen.raw == b"",
    "gzip_unasked": lambda seen, body: seen.header("Content-Encoding") == b"gzip" and gzip.decompress(seen.body) == body,
    "gzip_false": lambda seen, body: seen.header("Content-Encoding") == b"gzip" and seen.body == body,
    "empty_200": lambda seen, body: seen.status == 200 and seen.body == b"" and seen.header("Content-Length") == b"0",
    "length_short": lambda seen, body: seen.body == body and int(seen.header("Content-Length") or 0) < len(body),
    "length_long": lambda seen, body: seen.body == body and int(seen.header("Content-Length") or 0) == len(body) + 1000,
    "chunks_unended": lambda seen, body: seen.body == b"%x\r\n" % len(body) + body + b"\r\n" and seen.ended,
    "duplicate_length": lambda seen, body: seen.head.lower().count(b"content-length: %d" % len(body)) == 2,
    "gbk_header_name": lambda seen, body: "服务器: 云岭".encode("gbk") in seen.head and seen.body == body,
    "no_colon": lambda seen, body: b"\r\nX-Powered-By yunling\r\n" in seen.head and seen.body == body,
    "lowercase_version": lambda seen, body: seen.raw.startswith(b"http/1.1 200 OK\r\n") and seen.body == body,
    "garbage": lambda seen, body: not seen.raw[:5].lower().startswith(b"http"),
    "challenge_412": lambda seen, body: seen.status == 412 and b"$_ts" in seen.body and b"80S=" in seen.head,
    "challenge_521": lambda seen, body: seen.status == 521 and b"__jsluid_h=" in seen.head and b"location.href" in seen.body,
    "challenge_405": lambda seen, body: seen.status == 405 and "您的访问被阻断".encode() in seen.body,
    "challenge_acw": lambda seen, body: seen.status == 200 and b"acw_sc__v2" in seen.body and b"var arg1='" in seen.body,
    "challenge_c3vk": lambda seen, body: seen.status == 200 and b"C3VK=" in seen.head and len(seen.body) < 400,
    "firewall_403": lambda seen, body: seen.status == 403 and "网站防火墙".encode() in seen.body,
    "soft_404": lambda seen, body: seen.status == 200 and "栏目不存在".encode() in seen.body,
    "http_404": lambda seen, body: seen.status == 404,
    "http_500": lambda seen, body: seen.status == 500,
    "http_503": lambda seen, body: seen.status == 503 and seen.header("Retry-After") == b"2",
    "parked": lambda seen, body: seen.status == 200 and "此域名正在出售".encode() in seen.body,
}


@pytest.mark.parametrize("fault", WIRE)
async def test_a_fault_does_on_the_wire_what_its_name_says(fault: str, province: Province, site: Site, column: Column) -> None:
    address = province.hosts()
    province.break_host(site.host, fault)
    province.hosts = lambda: address  # type: ignore[method-assign]  # a client that resolved the name before
    seen = await ask(province, site.host, column.path)
    assert WIRE[fault](seen, body_of(province, site, column)), seen.raw[:400]


def test_every_fault_of_the_table_has_a_behaviour_or_a_listener() -> None:
    listeners = {"cert_self_signed", "cert_expired", "cert_wrong_host", "tls10_only", "https_broken"}
    assert set(BEHAVIOURS) | listeners == set(FAULTS)
    assert not set(BEHAVIOURS) & listeners


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
async def test_bombs_swell_to_sixty_four_megabytes_of_spaces(
    encoding: str, province: Province, site: Site, column: Column
) -> None:
    name = f"{encoding}_bomb"
    province.break_host(site.host, name)
    seen = await ask(province, site.host, column.path)
    assert seen.header("Content-Encoding") == encoding.encode()
    assert len(seen.body) < 200_000
    first = body_of(province, site, column) if encoding == "gzip" else b""
    swollen = _inflate(encoding, seen.body)
    assert len(swollen) == len(first) + bombs.SWELL
    assert swollen.startswith(first)
    assert swollen[len(first) :].strip() == b""


def _inflate(encoding: str, data: bytes) -> bytes:
    if encoding == "gzip":
        return zlib.decompress(data, wbits=47)
    if encoding == "br":
        return bytes(brotli.decompress(data))
    return bytes(zstd.decompress(data))


@pytest.mark.parametrize("fault", ["never_ending", "never_ending_slow"])
async def test_a_body_that_never_ends_begins_with_the_page(fault: str, province: Province, site: Site, column: Column) -> None:
    province.break_host(site.host, fault)
    body = body_of(province, site, column)
    fast = fault == "never_ending"
    seen = await ask(province, site.host, column.path, within_s=3.0 if fast else 0.5, most=3_000_000)
    assert seen.body.startswith(body)
    assert not seen.ended
    assert (len(seen.body) >= 2_900_000) == fast
    assert len(seen.body) > len(body)


async def test_an_oversized_column_is_five_megabytes_of_its_own_rows(province: Province, site: Site, column: Column) -> None:
    province.break_host(site.host, "oversized")
    seen = await ask(province, site.host, column.path)
    href = province.renderer.listing(site, column).items[0].path.rsplit("/", 1)[1].encode()
    assert len(seen.body) == int(seen.header("Content-Length") or 0) > bodies.OVERSIZED
    assert seen.body.count(href) > 100
    assert (await ask(province, site.host, "/")).body.count(b"</html>") == 1


async def test_a_slow_host_takes_one_to_three_seconds(
    province: Province, site: Site, column: Column, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds: list[float] = []

    def at_once(after_s: float, data: bytes) -> bytes:
        seconds.append(after_s)
        return data

    monkeypatch.setattr(timing, "_late", at_once)
    province.break_host(site.host, "slow_first_byte")
    for each in site.columns:
        assert (await ask(province, site.host, each.path)).status == 200
    province.break_host(site.host, "sixteen_seconds")
    await ask(province, site.host, column.path)
    assert seconds[-1] == 16.0
    assert all(1.0 <= each < 3.0 for each in seconds[:-1])
    assert len(set(seconds)) == len(seconds)


async def test_a_late_answer_is_the_page_and_keeps_the_connection(
    province: Province, site: Site, column: Column, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timing, "SIXTEEN_S", 0.01)
    province.break_host(site.host, "sixteen_seconds")
    seen = await ask(province, site.host, column.path)
    assert seen.body == body_of(province, site, column)


async def test_a_slow_body_comes_whole(province: Province, site: Site, column: Column, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "SLOW_BODY_S", 0.01)
    province.break_host(site.host, "slow_body")
    seen = await ask(province, site.host, column.path)
    assert seen.body == body_of(province, site, column)


async def test_a_drip_gives_a_byte_and_then_nearly_nothing(province: Province, site: Site, column: Column) -> None:
    province.break_host(site.host, "slow_drip")
    seen = await ask(province, site.host, column.path, within_s=0.2)
    assert seen.body == body_of(province, site, column)[:1]
    assert not seen.ended


async def test_a_redirect_loop_goes_there_and_back(province: Province, site: Site) -> None:
    province.break_host(site.host, "redirect_loop")
    for column in site.columns:
        there = await ask(province, site.host, column.path)
        assert there.status == 302
        target = (there.header("Location") or b"").decode()
        assert target.startswith(column.path)
        back = await ask(province, site.host, target)
        assert (back.header("Location") or b"").decode() == column.path


async def test_a_redirect_to_a_private_address_names_one(province: Province, site: Site) -> None:
    province.break_host(site.host, "redirect_private")
    places = {(await ask(province, site.host, f"/{number}")).header("Location") for number in range(40)}
    heads = {(place or b"").split(b".")[0] for place in places}
    assert {b"http://10", b"http://192", b"http://172", b"http://169"} <= heads
    assert len(places) > 30


async def test_a_redirect_to_another_registered_column_leads_to_its_page(
    province: Province, site: Site, column: Column
) -> None:
    province.break_host(site.host, "redirect_registered")
    seen = await ask(province, site.host, column.path)
    assert seen.status in (301, 302)
    place = (seen.header("Location") or b"").decode()
    other = next(row for row in province.plan.sites if row.host == place.split("/")[2])
    assert other.host != site.host
    assert place in [other.url(each) for each in other.columns]


async def test_a_redirect_to_a_parked_domain_ends_at_one(province: Province, site: Site, column: Column) -> None:
    province.break_host(site.host, "redirect_parked")
    seen = await ask(province, site.host, column.path)
    assert seen.header("Location") == f"http://{redirects.PARKED_HOST}/".encode()
    assert "域名出售".encode() in (await ask(province, redirects.PARKED_HOST, "/")).body


async def test_a_location_in_raw_gbk_leads_to_the_page_raw_or_escaped(province: Province, site: Site, column: Column) -> None:
    province.break_host(site.host, "location_gbk")
    place = (await ask(province, site.host, column.path)).header("Location")
    assert place == f"/中文/{column.number}.html".encode("gbk")
    province.mend_host(site.host)
    escaped = f"/%D6%D0%CE%C4/{column.number}.html"
    for target in (place.decode("latin-1"), escaped):
        assert (await ask(province, site.host, target)).body == body_of(province, site, column)
    assert (await ask(province, site.host, f"/{column.number}.html")).status == 404
    assert (await ask(province, site.host, "/%D6%D0%CE%C4/99.html")).status == 404


async def test_a_cookie_redirect_ends_once_the_cookie_comes_back(province: Province, site: Site, column: Column) -> None:
    province.break_host(site.host, "cookie_redirect")
    seen = await ask(province, site.host, column.path)
    assert seen.header("Location") == column.path.encode()
    cookie = (seen.header("Set-Cookie") or b"").split(b";")[0].decode()
    assert cookie.startswith("CT6T=")
    assert (await ask(province, site.host, column.path, Cookie=cookie)).body == body_of(province, site, column)


def _by_http_client(address: tuple[str, int], host: str, path: str) -> bytes:
    connection = http.client.HTTPConnection(*address, timeout=3)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().read()
    except http.client.IncompleteRead as error:
        return bytes(error.partial)
    finally:
        connection.close()


@pytest.mark.parametrize(
    "fault",
    ["duplicate_length", "gbk_header_name", "no_colon", "length_short", "length_long", "chunks_unended"],
)
async def test_a_forgiving_client_reads_the_list_where_the_truth_says_ok(
    fault: str, province: Province, site: Site, column: Column
) -> None:
    province.break_host(site.host, fault)
    got = await asyncio.to_thread(_by_http_client, province.hosts()[site.host]["80"], site.host, column.path)
    body = body_of(province, site, column)
    assert got.startswith(body[: bodies.after_list(body)])


async def test_a_refused_host_refuses_and_a_gone_one_has_no_address(province: Province, site: Site) -> None:
    province.break_host(site.host, "refused")
    address = province.hosts()[site.host]["80"]
    with socket.socket() as raw, pytest.raises(ConnectionRefusedError):
        raw.connect(address)
    province.break_host(site.host, "nxdomain")
    assert site.host not in province.hosts()
    province.mend_host(site.host)
    assert (await ask(province, site.host)).status == 200


async def test_a_host_fault_covers_every_path_of_its_host_and_no_other(province: Province, site: Site) -> None:
    province.break_host(site.host, "http_500")
    for path in ("/", "/robots.txt", "/nowhere", site.columns[0].path):
        assert (await ask(province, site.host, path)).status == 500
    other = next(row for row in province.plan.sites if row.host != site.host)
    assert (await ask(province, other.host)).status == 200


async def test_a_column_fault_leaves_the_rest_of_its_site_alone() -> None:
    async with running(Province(60, 20, 0, 1)) as province:
        found = [(s, c) for s in province.plan.sites if not s.fault for c in s.columns if c.fault == "http_404"]
        assert found
        for site, column in found:
            assert (await ask(province, site.host, column.path)).status == 404
            assert (await ask(province, site.host)).status == 200
            others = [row for row in site.columns if row.fault is None]
            assert (await ask(province, site.host, others[0].path)).status == 200


@pytest.mark.parametrize(
    ("host", "fault", "error"),
    [
        ("known", "typo", ValueError),
        ("known", "tls10_only", ValueError),
        ("known", "cert_expired", ValueError),
        ("www.nowhere.example", "refused", KeyError),
    ],
)
async def test_a_fault_that_cannot_be_is_refused(
    host: str, fault: str, error: type[Exception], province: Province, site: Site
) -> None:
    with pytest.raises(error):
        province.break_host(site.host if host == "known" else host, fault)
