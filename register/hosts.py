"""Host names and ports as registers write them: mended where only one reading is possible, refused otherwise."""

import ipaddress
import re
from functools import lru_cache
from typing import Final, NamedTuple

import idna

from register.cells import narrow

_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_FILE_ENDINGS: Final = frozenset(
    {
        "html",
        "htm",
        "shtml",
        "jhtml",
        "jsp",
        "asp",
        "aspx",
        "php",
        "do",
        "action",
        "xml",
        "json",
        "pdf",
        "doc",
        "docx",
        "js",
        "css",
    }
)
_PORTS: Final = {"http": 80, "https": 443}


class BadUrl(ValueError):
    """An address that cannot be read. `reason` says why, `mend` what to write instead."""

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.mend = mend


class Authority(NamedTuple):
    """host: ASCII, lower case, IPv6 without brackets. port: None where it is the scheme's own. mends: what was changed."""

    host: str
    port: int | None
    mends: tuple[str, ...]

    @property
    def text(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port is None else f"{host}:{self.port}"


@lru_cache(maxsize=65536)
def read_authority(printed: str, scheme: str) -> Authority:
    """The part of an address between `//` and the path. Raises BadUrl."""
    mends: list[str] = []
    text = narrow(printed)
    if text != printed and text.isascii():
        mends.append("full-width characters in the host name were made ordinary ones")
    dotted = text.replace("。", ".")
    if dotted != text:
        mends.append("。 in the host name was made a dot")
    squeezed = "".join(dotted.split())
    if len(squeezed) != len(text):
        mends.append("blanks in the host name were taken out")
    if "@" in squeezed:
        raise BadUrl("the address holds a user name or password", "write it without the part before @")
    name, port = _split_port(squeezed.lower(), scheme, mends)
    if name.endswith(".") and name.strip("."):
        name = name.rstrip(".")
        mends.append("the dot after the host name was taken out")
    return Authority(_host(name, mends), port, tuple(mends))


def _split_port(text: str, scheme: str, mends: list[str]) -> tuple[str, int | None]:
    name, colon, digits = text.rpartition(":")
    if not colon or text.endswith("]"):
        return text, None
    if not digits:
        mends.append("the colon without a port number was taken out")
        return name, None
    if not (digits.isascii() and digits.isdigit()) or not 0 < int(digits[:9]) < 65536:
        raise BadUrl(f"{digits[:20]} is no port number", "write a port from 1 to 65535, or none")
    port = int(digits)
    return name, None if port == _PORTS[scheme] else port


def _host(name: str, mends: list[str]) -> str:
    if name.startswith("[") and name.endswith("]"):
        return _ip(name[1:-1], "write an IPv6 address such as [2001:db8::1]")
    if name.rpartition(".")[2].isdigit():
        return _ip(name, "write four numbers from 0 to 255 with dots between them")
    if not name.isascii():
        return _idn(name, mends)
    if not name or len(name) > 253 or not _NAME.fullmatch(name):
        raise BadUrl(f'"{name[:60]}" is no host name', "write the address as it stands in the browser's address bar")
    return name


def _ip(text: str, mend: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError as error:
        raise BadUrl(f'"{text[:60]}" is no IP address', mend) from error


def _idn(name: str, mends: list[str]) -> str:
    try:
        asked = idna.encode(name, uts46=True).decode("ascii")
    except (UnicodeError, IndexError) as error:
        raise BadUrl(f'"{name[:60]}" is no host name', "write the host name as the browser's address bar shows it") from error
    if not _NAME.fullmatch(asked):
        raise BadUrl(f'"{name[:60]}" is no host name', "write the host name as the browser's address bar shows it")
    mends.append(f"the host name {name} is asked for as {asked}")
    return asked


def looks_like_host(text: str) -> bool:
    """Whether text without a scheme may begin with a host name: it has a dot, and its ending is not that of a file."""
    name = "".join(narrow(text).replace("。", ".").split()).lower().rpartition("@")[2]
    if name.startswith("["):
        return True
    labels = name.partition(":")[0].rstrip(".").split(".")
    return len(labels) > 1 and all(labels) and labels[-1] not in _FILE_ENDINGS
