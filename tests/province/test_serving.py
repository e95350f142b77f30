"""The server itself: kept-alive connections, validators, articles, logs and a clean end."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest

from province import Province
from province.behaviours.redirects import PARKED_HOST
from province.files import WECHAT
from province.model import Site
from tests.province.client import NOW, ask, plain_site, running, small


@pytest.fixture
async def province() -> AsyncIterator[Province]:
    async with running(small(seed=3, sites=12, columns=4)) as made:
        yield made


def with_validator(province: Province, name: str) -> Site:
    return next(s for s in province.plan.sites if s.scheme == "http" and s.validators == {name})


async def test_an_ordinary_client_reads_every_target_and_article(province: Province) -> None:
    async with aiohttp.ClientSession() as session:
        for site in province.plan.sites:
            address, port = province.hosts()[site.host]["80"]
            paths = ["/", *(column.path for column in site.columns)]
            paths += [item.path for column in site.columns for item in province.renderer.listing(site, column).items]
            for path in paths:
                async with session.get(f"http://{address}:{port}{path}", headers={"Host": site.host}) as response:
                    page = province.renderer.page(site, path)
                    assert page is not None
                    assert response.status == 200
                    assert await response.read() == page.body


async def test_a_connection_serves_many_requests_one_after_the_other(province: Province) -> None:
    site = plain_site(province)
    reader, writer = await asyncio.open_connection(*province.hosts()[site.host]["80"])
    for column in site.columns:
        page = province.renderer.page(site, column.path)
        assert page is not None
        writer.write(f"GET {column.path} HTTP/1.1\r\nHost: {site.host}\r\n\r\n".encode())
        assert await reader.readexactly(len(page.answer)) == page.answer
    writer.close()
    await writer.wait_closed()


async def test_requests_sent_together_are_answered_in_turn(province: Province) -> None:
    site = plain_site(province)
    reader, writer = await asyncio.open_connection(*province.hosts()[site.host]["80"])
    pages = [province.renderer.page(site, column.path) for column in site.columns]
    asked = "".join(f"GET {column.path} HTTP/1.1\r\nHost: {site.host}\r\n\r\n" for column in site.columns)
    for place in range(0, len(asked), 37):
        writer.write(asked[place : place + 37].encode())
        await writer.drain()
    for page in pages:
        assert page is not None
        assert await reader.readexactly(len(page.answer)) == page.answer
    writer.close()
    await writer.wait_closed()


async def test_a_form_that_is_posted_is_taken_whole_before_the_next_request(province: Province) -> None:
    site = plain_site(province)
    reader, writer = await asyncio.open_connection(*province.hosts()[site.host]["80"])
    page = province.renderer.page(site, "/")
    assert page is not None
    form = b"columnid=1&unitid=GET / HTTP/1.1"
    sent = f"POST / HTTP/1.1\r\nHost: {site.host}\r\nContent-Length: {len(form)}\r\n\r\n".encode() + form
    sent += f"GET / HTTP/1.1\r\nHost: {site.host}\r\n\r\n".encode()
    for place in range(0, len(sent), 29):
        writer.write(sent[place : place + 29])
        await writer.drain()
    assert await reader.readexactly(2 * len(page.answer)) == 2 * page.answer
    writer.close()
    await writer.wait_closed()
    assert len(province.requests[site.host]) == 2


async def test_a_page_the_client_has_is_not_sent_again(province: Province) -> None:
    site = with_validator(province, "etag")
    first = await ask(province, site.host)
    tag = (first.header("ETag") or b"").decode()
    again = await ask(province, site.host, If_None_Match=tag)
    assert (again.status, again.body) == (304, b"")
    assert (await ask(province, site.host, If_None_Match='"other"')).status == 200
    province.advance(1)
    assert (await ask(province, site.host, If_None_Match=tag)).status == 200


async def test_a_page_not_modified_since_is_not_sent_again(province: Province) -> None:
    site = with_validator(province, "modified")
    first = await ask(province, site.host)
    since = (first.header("Last-Modified") or b"").decode()
    assert since == "Thu, 19 Nov 2026 22:00:00 GMT"
    assert (await ask(province, site.host, If_Modified_Since=since)).status == 304


async def test_some_hosts_offer_no_validator(province: Province) -> None:
    site = next(s for s in province.plan.sites if not s.validators)
    seen = await ask(province, site.host)
    assert seen.header("ETag") is None
    assert seen.header("Last-Modified") is None


async def test_a_head_request_gets_the_head_only(province: Province) -> None:
    seen = await ask(province, plain_site(province).host, method="HEAD")
    assert seen.status == 200
    assert seen.body == b""
    assert int(seen.header("Content-Length") or 0) > 10_000


async def test_what_does_not_exist_is_404(province: Province) -> None:
    site = plain_site(province)
    assert (await ask(province, site.host, "/nowhere.html")).status == 404
    province.hosts = lambda: {"www.nowhere.example": {"80": address}}  # type: ignore[method-assign]
    address = Province.hosts(province)[site.host]["80"]
    assert (await ask(province, "www.nowhere.example")).status == 404


async def test_half_of_the_sites_have_a_robots_file_that_lets_columns_be_read(province: Province) -> None:
    codes = [(await ask(province, site.host, "/robots.txt")).status for site in province.plan.sites]
    assert codes.count(200) == codes.count(404) == 6


async def test_a_request_line_that_is_none_ends_the_connection(province: Province) -> None:
    reader, writer = await asyncio.open_connection(*province.hosts()[plain_site(province).host]["80"])
    writer.write(b"nonsense\r\n\r\n")
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


async def test_a_head_without_end_ends_the_connection(province: Province) -> None:
    reader, writer = await asyncio.open_connection(*province.hosts()[plain_site(province).host]["80"])
    writer.write(b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000)
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


async def test_what_was_asked_is_logged_by_host_with_its_times(province: Province) -> None:
    site = plain_site(province)
    for path in ("/", "/nowhere"):
        await ask(province, site.host, path)
    first, second = province.requests[site.host]
    assert (first.path, second.path) == ("/", "/nowhere")
    assert first.start <= first.end <= second.start <= second.end
    assert province.most_at_once[site.host] == 1


async def test_requests_that_overlap_at_one_host_are_counted() -> None:
    async with running(small(think_s=0.05)) as province:
        one, other = province.plan.sites[:2]
        await asyncio.gather(*(ask(province, one.host, port="80") for _ in range(3)), ask(province, other.host))
        assert province.most_at_once[one.host] == 3
        assert province.most_at_once[other.host] == 1
        assert all(row.end - row.start >= 0.045 for row in province.requests[one.host])


async def test_a_client_that_leaves_is_logged_too(province: Province) -> None:
    site = plain_site(province)
    province.break_host(site.host, "slow_drip")
    await ask(province, site.host, within_s=0.05)
    async with asyncio.timeout(3):
        while not province.requests[site.host]:  # noqa: ASYNC110  the log has no event, and must need none
            await asyncio.sleep(0)
    assert len(province.requests[site.host]) == 1


async def test_closing_ends_connections_in_the_middle_of_an_answer() -> None:
    province = small()
    await province.start()
    site = plain_site(province)
    province.break_host(site.host, "sixteen_seconds")
    waiting = asyncio.create_task(ask(province, site.host, within_s=10))
    while not province.most_at_once[site.host]:  # noqa: ASYNC110
        await asyncio.sleep(0)
    await province.close()
    seen = await waiting
    assert seen.ended
    assert seen.raw == b""
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_independent_hosts_have_addresses_of_their_own_and_platforms_share_one() -> None:
    async with running(Province(60, 1, 0, 5, faults=False, now=NOW)) as province:
        hosts = province.hosts()
        own = [hosts[site.host]["80"][0] for site in province.plan.sites if site.platform is None]
        shared = {hosts[site.host]["80"][0] for site in province.plan.sites if site.platform is not None}
        assert len(set(own)) == len(own) > 20
        assert len(shared) == 3
        assert not shared & set(own)
        assert all(address.startswith("127.77.") for address in [*own, *shared])


async def test_a_thousand_hosts_stay_below_five_hundred_addresses() -> None:
    async with running(Province(1500, 1, 0, 6, faults=False, now=NOW)) as province:
        assert len({ports["80"][0] for ports in province.hosts().values()}) <= 500
        for site in province.plan.sites[::300]:
            assert (await ask(province, site.host)).status == 200


async def test_the_hosts_of_a_province_are_its_sites_wechat_and_the_parked_domain(province: Province) -> None:
    assert set(province.hosts()) == {site.host for site in province.plan.sites} | {WECHAT, PARKED_HOST}


async def test_new_items_appear_as_served_time_moves_on(province: Province) -> None:
    site = plain_site(province)
    column = next(c for c in site.columns if c.alive and c.gap <= 7)
    before = await ask(province, site.host, column.path)
    province.advance(14)
    assert province.moment == NOW + timedelta(days=14)
    after = await ask(province, site.host, column.path)
    newest = province.renderer.listing(site, column).items[0].path.rsplit("/", 1)[1].encode()
    assert newest in after.body
    assert newest not in before.body
