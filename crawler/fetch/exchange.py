"""What is asked of a server and what came of it: the two values between `visit` and the rest of this package."""

from collections.abc import Mapping
from typing import NamedTuple

from crawler.records import Outcome, Phases, Tls

Pairs = tuple[tuple[str, str], ...]


class Ask(NamedTuple):
    """One request. `form` is posted where it is given; `headers` go beside those of every request.

    `deadline_s` is from its start to the last byte; `cap` bounds the body after decompression, in bytes.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    deadline_s: float = 30.0
    cap: int = 2 * 1024 * 1024
    headers: Pairs = ()
    form: Pairs | None = None


class Answer(NamedTuple):
    """What came of an Ask. `outcome` is `ok` for every answer that could be read, whatever its status: the page decides then.

    url           what answered: the Ask's, or the same with the other scheme (`other_scheme`)
    headers       as they came, by any writing of their names, repeated ones included; values may hold lone surrogates
    body          decompressed; cut at `cap`, or where the connection broke (`partial`); also of a `timeout` and a `too_large`
    location      the absolute URL of a redirect, fit to be asked: ASCII, http or https, no user
    not_modified  304: the page is the one the validators are of
    phases        of the last request; elapsed_s is from the first to the last byte of the last one, and `requests` counts all
    retry_after_s what the server asked for, whatever its status; at most a day
    """

    url: str
    outcome: Outcome
    reason: str | None = None
    status: int | None = None
    headers: Mapping[str, str] | None = None
    body: bytes = b""
    partial: bool = False
    content_type: str | None = None
    location: str | None = None
    not_modified: bool = False
    phases: Phases = Phases()
    elapsed_s: float = 0.0
    requests: int = 1
    address: str | None = None
    tls: Tls | None = None
    etag: str | None = None
    last_modified: str | None = None
    retry_after_s: float | None = None
    other_scheme: bool = False
