"""Bodies that are cut, lie about themselves, are packed, or never end."""

import gzip
import random
import resource
import sys
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from itertools import repeat

import brotli
import pytest

from crawler.fetch import Ask
from crawler.fetch.unpack import unpack
from tests.crawler.fetch.wire import always, bare, fetcher_for, page, url

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LIST = b"<ul>" + b"".join(b"<li><a href='/%d.html'>title %d</a> 2026-11-20</li>" % (n, n) for n in range(400)) + b"</ul>"
CHUNKED = "Transfer-Encoding: chunked"
CAP = 64 * 1024


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body), body)


@pytest.mark.parametrize(
    ("steps", "partial"),
    [
        pytest.param([page(LIST, length=len(LIST) + 900)], True, id="shorter than its Content-Length"),
        pytest.param([bare(chunk(LIST), CHUNKED)], True, id="no last chunk"),
        pytest.param([bare(chunk(LIST)[:-700], CHUNKED)], True, id="cut within a chunk"),
        pytest.param([page(LIST, length=len(LIST) + 900), "reset"], True, id="reset after the list"),
        pytest.param([bare(LIST)], False, id="ended by the connection alone"),
        pytest.param([bare(chunk(LIST) + b"0\r\n\r\n", CHUNKED)], False, id="whole chunks"),
        pytest.param([bare(chunk(LIST) + b"zz\r\n", CHUNKED)], True, id="nonsense instead of a chunk"),
    ],
)
async def test_what_came_of_a_body_is_kept(steps: list[bytes], partial: bool) -> None:
    async with fetcher_for({"/": lambda: steps}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url()))
    assert (answer.outcome, answer.reason, answer.partial) == ("ok", None, partial)
    assert answer.body.startswith(LIST[: len(LIST) - 700])


async def test_a_body_of_which_nothing_came_is_malformed() -> None:
    async with fetcher_for({"/": always(page(b"", length=500))}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url()))
    assert (answer.outcome, answer.reason, answer.body) == ("malformed", "content_length", b"")


async def test_an_empty_page_is_whole() -> None:
    async with fetcher_for({"/": always(page(b""))}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url()))
    assert (answer.outcome, answer.body, answer.partial) == ("ok", b"", False)


async def test_a_page_over_the_cap_is_cut_there() -> None:
    async with fetcher_for({"/": always(page(b"a" * (3 * CAP)))}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url(), cap=CAP))
    assert (answer.outcome, answer.reason, answer.partial, len(answer.body)) == ("too_large", "body", True, CAP)


async def test_a_page_of_exactly_the_cap_is_not_too_large() -> None:
    async with fetcher_for({"/": always(page(b"a" * CAP))}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url(), cap=CAP))
    assert (answer.outcome, answer.partial, len(answer.body)) == ("ok", False, CAP)


async def test_a_body_that_never_ends_is_left_at_the_cap() -> None:
    async with fetcher_for({"/": lambda: [bare(LIST), repeat(b"<!-- filler -->" * 100)]}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url(), cap=CAP))
    assert (answer.outcome, answer.reason) == ("too_large", "body")
    assert answer.body.startswith(LIST)


async def test_a_body_in_very_many_pieces_is_put_together_again() -> None:
    async with fetcher_for({"/": lambda: [bare(b""), (LIST[at : at + 20] for at in range(0, len(LIST), 20))]}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url()))
    assert (answer.outcome, answer.body) == ("ok", LIST)


async def test_a_body_that_stalls_is_a_timeout_that_keeps_what_came() -> None:
    async with fetcher_for({"/": always(bare(LIST), "hang")}) as (fetcher, _):
        begun = time.monotonic()
        answer = await fetcher.fetch(Ask(url(), deadline_s=0.3))
        took = time.monotonic() - begun
    assert (answer.outcome, answer.reason, answer.status, answer.body) == ("timeout", "body", 200, LIST)
    assert answer.partial
    assert 0.25 < took < 1.0
    assert answer.phases.body > 0.2


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(LIST)),
        ("x-gzip", gzip.compress(LIST)),
        ("GZIP", gzip.compress(LIST[:9000]) + gzip.compress(LIST[9000:])),
        ("gzip", gzip.compress(LIST) + b"\0\0 rubbish"),
        ("gzip", gzip.compress(gzip.compress(LIST))),
        ("deflate", zlib.compress(LIST)),
        ("deflate", zlib.compress(LIST)[2:-4]),
        ("br", brotli.compress(LIST)),
        ("zstd", zstd.compress(LIST)),
        ("gzip, br", brotli.compress(gzip.compress(LIST))),
        ("identity", LIST),
        ("utf-8", LIST),
        (None, gzip.compress(LIST)),
        ("gzip", LIST),
        ("br", LIST),
        ("deflate", LIST),
        ("zstd", LIST),
    ],
)
async def test_packed_bodies_are_unpacked_whatever_was_declared(coding: str | None, packed: bytes) -> None:
    headers = [f"Content-Encoding: {coding}"] if coding else []
    async with fetcher_for({"/": always(page(packed, *headers))}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url()))
    assert (answer.outcome, answer.body, answer.partial) == ("ok", LIST, False)


NOISE = random.Random(7).randbytes(60_000)


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(NOISE)[:-4000]),
        ("gzip", gzip.compress(NOISE)[:-8] + b"\1\2\3\4\5\6\7\x08"),
        ("deflate", zlib.compress(NOISE)[:-4000]),
        ("br", brotli.compress(NOISE, quality=3)[:-2000]),
    ],
)
def test_the_good_part_of_a_damaged_stream_is_kept(coding: str, packed: bytes) -> None:
    result = unpack(packed, coding, 1_000_000)
    assert not result.whole
    assert not result.damaged
    assert len(result.body) > 1_000
    assert NOISE.startswith(result.body)


def test_a_stream_that_is_rubbish_from_the_start_is_damaged() -> None:
    result = unpack(b"\x1f\x8b\x08\0\0\0\0\0\0\3" + b"\xff" * 500, "gzip", 1_000_000)
    assert (result.body, result.damaged) == (b"", True)


async def test_a_packed_body_that_cannot_be_unpacked_is_malformed() -> None:
    packed = b"\x1f\x8b\x08\0\0\0\0\0\0\3" + b"\xff" * 500
    async with fetcher_for({"/": always(page(packed, "Content-Encoding: gzip"))}) as (fetcher, _):
        answer = await fetcher.fetch(Ask(url()))
    assert (answer.outcome, answer.reason) == ("malformed", "encoding")


def _zstd_bomb() -> bytes:
    packer = zstd.ZstdCompressor()
    packed: bytes = b"".join(packer.compress(b" " * 1_048_576) for _ in range(256)) + packer.flush()
    return packed


def _gzip_bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * 1_048_576) for _ in range(256)) + packer.flush()


def _brotli_bomb() -> bytes:
    packer = brotli.Compressor(quality=5)
    packed: bytes = b"".join(packer.process(b" " * 1_048_576) for _ in range(256)) + packer.finish()
    return packed


BOMBS = {
    "gzip": _gzip_bomb,
    "br": _brotli_bomb,
    "zstd": _zstd_bomb,
}


@pytest.mark.parametrize("coding", BOMBS)
async def test_a_bomb_costs_no_more_than_a_large_page(coding: str) -> None:
    packed = BOMBS[coding]()
    cap = 2 * 1024 * 1024
    async with fetcher_for({"/": always(page(packed, f"Content-Encoding: {coding}"))}) as (fetcher, _):
        before = resource.getrusage(resource.RUSAGE_SELF)
        tracemalloc.start()
        answer = await fetcher.fetch(Ask(url(), cap=cap))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        after = resource.getrusage(resource.RUSAGE_SELF)
    assert (answer.outcome, answer.reason, len(answer.body)) == ("too_large", "body", cap)
    assert answer.body == b" " * cap
    assert peak < 16 * cap
    assert after.ru_maxrss - before.ru_maxrss < 64 * 1024
    assert after.ru_utime - before.ru_utime < 1.0


def _empty_members() -> Iterator[bytes]:
    return repeat(gzip.compress(b"") * 500)


async def test_endless_empty_gzip_members_are_left_early() -> None:
    async with fetcher_for({"/": lambda: [bare(b"", "Content-Encoding: gzip"), _empty_members()]}) as (fetcher, _):
        before = time.process_time()
        answer = await fetcher.fetch(Ask(url(), cap=2 * 1024 * 1024))
        took = time.process_time() - before
    assert answer.outcome == "too_large"
    assert answer.partial
    assert took < 1.0


def test_many_members_do_not_multiply_the_work() -> None:
    before = time.process_time()
    result = unpack(gzip.compress(b"") * 100_000, "gzip", 2 * 1024 * 1024)
    assert not result.whole
    assert time.process_time() - before < 0.5


def test_a_zstd_window_beyond_the_webs_is_refused() -> None:
    packer = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 27, zstd.CompressionParameter.checksum_flag: 1})
    packed = packer.compress(b"a" * 100) + packer.flush(zstd.ZstdCompressor.FLUSH_BLOCK) + packer.flush()
    assert unpack(packed, "zstd", 1_000).damaged
