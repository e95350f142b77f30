"""Compressed bodies that swell: 64 MiB of spaces behind an optional page, in gzip, brotli and zstd."""

import sys
import zlib
from functools import lru_cache
from typing import Final

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

SWELL: Final = 64 * 1024 * 1024
_PIECE: Final = b" " * (1024 * 1024)
_PIECES: Final = SWELL // len(_PIECE)


@lru_cache(maxsize=64)
def bomb(encoding: str, first: bytes) -> bytes:
    """A complete `encoding` stream of `first` and then SWELL bytes."""
    if encoding == "gzip":
        return _gzip(first)
    if encoding == "br":
        return _brotli(first)
    return _zstd(first)


def _gzip(first: bytes) -> bytes:
    press = zlib.compressobj(9, wbits=31)
    return b"".join((press.compress(first), *(press.compress(_PIECE) for _ in range(_PIECES)), press.flush()))


def _brotli(first: bytes) -> bytes:
    press = brotli.Compressor(quality=3)
    return b"".join((press.process(first), *(press.process(_PIECE) for _ in range(_PIECES)), press.finish()))


def _zstd(first: bytes) -> bytes:
    press = zstd.ZstdCompressor()
    return b"".join((press.compress(first), *(press.compress(_PIECE) for _ in range(_PIECES)), press.flush()))
