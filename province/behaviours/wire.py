"""Answers that break HTTP while carrying a page that a person would still see."""

from typing import Final

from province.answers import head
from province.behaviours.bodies import after_list
from province.behaviours.case import Behaviour, Case
from province.server import Connection, Slow

GARBAGE: Final = bytes(range(128, 256)) * 4 + b"\r\n\x00\x01yunling\r\n\r\n"
_GBK_HEADER: Final = "服务器: 云岭".encode("gbk") + b"\r\n"


def _raw(*parts: bytes) -> Slow:
    async def slow(connection: Connection) -> bool:
        await connection.send(b"".join(parts))
        return False

    return slow


def _with_header(case: Case, line: bytes) -> Slow:
    """The page's answer with one more header line, which need not be one."""
    status, rest = case.page.answer.split(b"\r\n", 1)
    return _raw(status, b"\r\n", line, rest)


def _length(case: Case, length: int) -> Slow:
    return _raw(head(200, length, case.page.headers, None), case.page.body)


def chunks_unended(case: Case) -> Slow:
    headers = [*case.page.headers, ("Transfer-Encoding", "chunked")]
    body = case.page.body
    return _raw(head(200, None, headers, None), b"%x\r\n" % len(body), body, b"\r\n")


def lowercase_version(case: Case) -> Slow:
    return _raw(case.page.answer.replace(b"HTTP/1.1", b"http/1.1", 1))


BEHAVIOURS: Final[dict[str, Behaviour]] = {
    "length_short": lambda case: _length(case, after_list(case.page.body)),
    "length_long": lambda case: _length(case, len(case.page.body) + 1000),
    "chunks_unended": chunks_unended,
    "duplicate_length": lambda case: _with_header(case, b"Content-Length: %d\r\n" % len(case.page.body)),
    "gbk_header_name": lambda case: _with_header(case, _GBK_HEADER),
    "no_colon": lambda case: _with_header(case, b"X-Powered-By yunling\r\n"),
    "lowercase_version": lowercase_version,
    "garbage": lambda case: _raw(GARBAGE),
}
