"""Decompression of whole bodies in bounded memory and time, keeping what can be kept of damaged ones.

The compressed bytes are already bounded (no more than the cap is read), the output is cut one byte above the cap, and
the number of gzip members and zstd frames is bounded, so that none of the known bombs costs more than one large page.
"""

import sys
import zlib
from collections.abc import Callable
from typing import Final, NamedTuple

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_MOST_MEMBERS: Final = 64
_SLICE: Final = 16 * 1024
_FINE_SLICE: Final = 32
"""Input after the last whole slice is lost where the stream is damaged, so a damaged stream is gone through once more."""

_ZSTD_WINDOW_LOG: Final = 23
"""8 MiB: what RFC 9659 allows on the web. A frame may demand 128 MiB otherwise."""

GZIP_MAGIC: Final = b"\x1f\x8b\x08"
_ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"


class Unpacked(NamedTuple):
    """whole: the stream came to its own end. over: there was more than the cap. damaged: nothing could be read."""

    body: bytes
    whole: bool = True
    over: bool = False
    damaged: bool = False


class _Damaged(Exception):
    """The stream breaks off in the middle: what came before it."""

    def __init__(self, body: bytes) -> None:
        super().__init__("damaged")
        self.body = body


def _inflate(raw: bytes, cap: int, size: int, wbits: int = 47) -> Unpacked:
    """All gzip members or the one zlib stream of `raw`; bytes behind a finished one that are no member are left out."""
    out = bytearray()
    for _ in range(_MOST_MEMBERS):
        stream = zlib.decompressobj(wbits)
        for start in range(0, len(raw), size):
            piece = raw[start : start + size]
            while piece and not stream.eof:
                try:
                    out += stream.decompress(piece, cap + 1 - len(out))
                except zlib.error as error:
                    raise _Damaged(bytes(out)) from error
                if len(out) > cap:
                    return Unpacked(bytes(out[:cap]), over=True)
                piece = stream.unconsumed_tail
            if stream.eof:
                raw = stream.unused_data + raw[start + size :]
                break
        if not stream.eof:
            return Unpacked(bytes(out), whole=False)
        if not raw.startswith(GZIP_MAGIC):
            return Unpacked(bytes(out))
    return Unpacked(bytes(out), whole=False)


def _deflate(raw: bytes, cap: int, size: int) -> Unpacked:
    """`deflate` is zlib by its standard and raw by some servers."""
    try:
        return _inflate(raw, cap, size)
    except _Damaged as error:
        if error.body:
            raise
    return _inflate(raw, cap, size, -15)


def _brotli(raw: bytes, cap: int, size: int) -> Unpacked:
    """A finished stream ends it, whatever stands behind."""
    stream = brotli.Decompressor()
    out = bytearray()
    for start in range(0, len(raw), size):
        piece = raw[start : start + size]
        while piece or not stream.can_accept_more_data():
            try:
                out += stream.process(piece, output_buffer_limit=cap + 1 - len(out))
            except brotli.error as error:
                raise _Damaged(bytes(out)) from error
            if len(out) > cap:
                return Unpacked(bytes(out[:cap]), over=True)
            if stream.is_finished():
                return Unpacked(bytes(out))
            piece = b""
    return Unpacked(bytes(out), whole=False)


def _zstd(raw: bytes, cap: int, size: int) -> Unpacked:
    out = bytearray()
    for _ in range(_MOST_MEMBERS):
        stream = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})
        for start in range(0, len(raw), size):
            piece = raw[start : start + size]
            while not stream.eof and (piece or not stream.needs_input):
                try:
                    out += stream.decompress(piece, cap + 1 - len(out))
                except zstd.ZstdError as error:
                    raise _Damaged(bytes(out)) from error
                if len(out) > cap:
                    return Unpacked(bytes(out[:cap]), over=True)
                piece = b""
            if stream.eof:
                raw = stream.unused_data + raw[start + size :]
                break
        if not stream.eof:
            return Unpacked(bytes(out), whole=False)
        if not raw.startswith(_ZSTD_MAGIC):
            return Unpacked(bytes(out))
    return Unpacked(bytes(out), whole=False)


_CODECS: Final[dict[str, Callable[[bytes, int, int], Unpacked]]] = {
    "gzip": _inflate,
    "x-gzip": _inflate,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
"""Other codings (`identity`, `utf-8`, `none`, …) are mistakes for no coding at all."""


def _looks_plain(raw: bytes) -> bool:
    """Declared as packed, but a text all the same?"""
    head = raw[:1024]
    return not head.startswith((GZIP_MAGIC, _ZSTD_MAGIC)) and not any(byte < 9 or 13 < byte < 27 for byte in head)


def _unpack_once(raw: bytes, coding: str, cap: int) -> Unpacked:
    codec = _CODECS[coding]
    kept = b""
    for size in (_SLICE, _FINE_SLICE):
        try:
            return codec(raw, cap, size)
        except _Damaged as error:
            kept = error.body
            if not kept and _looks_plain(raw):
                return Unpacked(raw)
    return Unpacked(kept, whole=False, damaged=not kept)


def unpack(raw: bytes, encoding: str | None, cap: int) -> Unpacked:
    """The body that `raw` is the packed form of; `encoding` is the Content-Encoding header's value.

    Gzip is known by its first bytes, so it is unpacked also where it is not declared, or was packed twice.
    """
    codings = [name for name in (encoding or "").lower().replace(" ", "").split(",") if name in _CODECS][-2:]
    result = Unpacked(raw)
    for coding in reversed(codings):
        if not raw:
            break
        step = _unpack_once(raw, coding, cap)
        result = Unpacked(step.body, result.whole and step.whole, step.over, step.damaged)
        raw = step.body
    if raw.startswith(GZIP_MAGIC):
        step = _unpack_once(raw, "gzip", cap)
        result = Unpacked(step.body, result.whole and step.whole, step.over, step.damaged)
    return result
