"""Names: missing only when two resolvers say so."""

from pathlib import Path

import pytest

from crawler.fetch import Answer, Ask, Fetcher, FetchSettings
from crawler.fetch.resolve import HostsUnreadable, MappedResolver, NameFailure, read_hosts
from tests.crawler.fetch.nameserver import Reply, nameserver
from tests.crawler.fetch.wire import LOOPBACK, always, page, serving


async def ask(first: Reply, second: Reply | None, port: int = 1, deadline_s: float = 8.0) -> Answer:
    """What is said of http://www.a.cn:port/ when the two name servers reply so."""
    async with nameserver(www_a_cn=first) as (one, _), nameserver(www_a_cn=second or "SILENT") as (two, asked):
        servers = (two,) if second else ()
        fetcher = Fetcher(FetchSettings(allow=LOOPBACK, nameservers=(one,), second_nameservers=servers))
        await fetcher.open()
        try:
            answer = await fetcher.fetch(Ask(f"http://www.a.cn:{port}/", deadline_s=deadline_s))
        finally:
            await fetcher.close()
        assert not asked or second
        return answer


@pytest.mark.parametrize(
    ("first", "second", "outcome", "reason"),
    [
        ("NXDOMAIN", "NXDOMAIN", "dns", "nxdomain"),
        ("NXDOMAIN", None, "inconclusive", "not_confirmed"),
        ("NXDOMAIN", "SERVFAIL", "inconclusive", "not_confirmed"),
        ("NXDOMAIN", "EMPTY", "inconclusive", "not_confirmed"),
        ("NXDOMAIN", "127.0.0.1", "connect", "refused"),
        ("SERVFAIL", None, "inconclusive", "servfail"),
        ("SERVFAIL", "SERVFAIL", "inconclusive", "servfail"),
        ("SERVFAIL", "NXDOMAIN", "inconclusive", "servfail"),
        ("SERVFAIL", "127.0.0.1", "connect", "refused"),
        ("REFUSED", None, "inconclusive", "servfail"),
        ("EMPTY", None, "inconclusive", "no_address"),
        ("127.0.0.1", None, "connect", "refused"),
        ("10.0.0.1", None, "inconclusive", "address_forbidden"),
        ("169.254.169.254", None, "inconclusive", "address_forbidden"),
        ("::ffff:10.0.0.1", None, "inconclusive", "address_forbidden"),
    ],
)
async def test_what_is_said_of_a_name(first: Reply, second: Reply | None, outcome: str, reason: str) -> None:
    answer = await ask(first, second)
    assert (answer.outcome, answer.reason) == (outcome, reason)


async def test_a_silent_resolver_is_ours_and_bounded() -> None:
    answer = await ask("SILENT", None, deadline_s=0.6)
    assert (answer.outcome, answer.reason) == ("inconclusive", "resolver")
    assert answer.elapsed_s < 0.9


async def test_a_resolved_name_is_fetched_with_its_time_noted_and_then_kept() -> None:
    async with (
        serving({"/": always(page(b"list", "Connection: close"))}) as wire,
        nameserver(www_a_cn="127.0.0.1") as (one, asked),
    ):
        fetcher = Fetcher(FetchSettings(allow=LOOPBACK, nameservers=(one,)))
        await fetcher.open()
        first = await fetcher.fetch(Ask(f"http://www.a.cn:{wire.port}/"))
        before = len(asked)
        second = await fetcher.fetch(Ask(f"http://www.a.cn:{wire.port}/"))
        await fetcher.close()
    assert (first.body, second.body) == (b"list", b"list")
    assert first.phases.dns > 0
    assert len(asked) == before


async def test_a_map_knows_its_hosts_and_closes_all_other_ports() -> None:
    resolver = MappedResolver({"a.cn": {"80": ("127.0.0.1", 8080)}})
    (known,) = await resolver.resolve("a.cn", 80)
    (other,) = await resolver.resolve("a.cn.", 443)
    assert (known["host"], known["port"]) == ("127.0.0.1", 8080)
    assert (other["host"], other["port"]) == ("127.0.0.1", 1)
    with pytest.raises(NameFailure) as failure:
        await resolver.resolve("b.cn", 80)
    assert failure.value.trouble == "nxdomain"
    await resolver.close()


def test_a_hosts_file_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "hosts.json"
    file.write_text('{"hosts": {"a.cn": {"80": ["127.0.0.1", 8080]}}, "ca": "ca.pem"}')
    assert read_hosts(file) == {"hosts": {"a.cn": {"80": ["127.0.0.1", 8080]}}, "ca": "ca.pem"}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"hosts": []}', '{"hosts": {"a.cn": 80}}'])
def test_another_file_is_refused_with_an_example(tmp_path: Path, text: str) -> None:
    file = tmp_path / "hosts.json"
    file.write_text(text)
    with pytest.raises(HostsUnreadable, match="one looks like"):
        read_hosts(file)
