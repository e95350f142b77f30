"""robots.txt (RFC 9309) by protego: what a host asks of robots, and for how long its answer is remembered.

Answer                        what holds                        asked again after
2xx                           its rules; over 500 KB, those     a day (RFC 9309 §2.4); an hour where it broke off
                              that stand before the cut (§2.5)
4xx, or a redirect elsewhere  everything is allowed (§2.3.1.3)  a day; an hour after 429
5xx, no answer                everything is allowed for now     an hour

The last line departs from RFC 9309 §2.3.1.4, which would have nothing asked of a server in trouble. That rule protects
servers from indexing; here a site would drop out of a public inspection exactly while it is broken, and what it is spared is
one request at a time, paced by its own response times.

Home pages and probes are never kept away by robots.txt: they do once in a while what any visitor's browser does, and ask
whether the site opens at all. Its Crawl-delay holds for them as for all others.

One file per host name, asked at the scheme and port of the first URL that needs it.
"""

import re
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, NamedTuple
from urllib.parse import urljoin

from protego import Protego

from crawler.fetch import Answer, Ask
from crawler.records import Kind

TOKEN: Final = "xunwang"
"""The product token that a robots.txt may name."""

FREE_KINDS: Final[frozenset[Kind]] = frozenset({"home", "probe"})
MOST_HOPS: Final = 5
DAY_S: Final = 86_400.0
HOUR_S: Final = 3_600.0

_CAP: Final = 500 * 1024
_DEADLINE_S: Final = 15.0
_MOST_HOSTS: Final = 20_000
_MOST_LINES: Final = 200_000
"""Lines of robots.txt that are remembered over all hosts; a parsed rule takes about 0.7 KB."""

_USER_AGENT: Final = re.compile(r"\s*user[- ]?agent(?:\s*:|\s)\s*([^#]*)", re.IGNORECASE)


class Rules(NamedTuple):
    """What one host asks of us. `parsed` is None where everything is allowed; `delay_s` is its Crawl-delay, capped."""

    parsed: Protego | None = None
    delay_s: float = 0.0

    def allow(self, url: str) -> bool:
        return self.parsed is None or bool(self.parsed.can_fetch(url, TOKEN))


EVERYTHING: Final = Rules()


class _Kept(NamedTuple):
    until: float
    rules: Rules
    lines: int


class Robots:
    """The rules of the hosts that were asked lately; the least lately needed ones are forgotten first."""

    def __init__(
        self,
        delay_most_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
        most_hosts: int = _MOST_HOSTS,
        most_lines: int = _MOST_LINES,
    ) -> None:
        self._delay_most_s, self._clock = delay_most_s, clock
        self._most_hosts, self._most_lines = most_hosts, most_lines
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lines = 0

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, host: str) -> Rules | None:
        """The rules of `host`; None where it must be asked."""
        kept = self._kept.get(host)
        if kept is None:
            return None
        if kept.until < self._clock():
            self._forget(host)
            return None
        self._kept.move_to_end(host)
        return kept.rules

    def learn(self, host: str, answer: Answer) -> Rules:
        """Remember what came of asking `host`; redirects within the host have been followed."""
        text, keep_s = _meant(answer)
        rules = EVERYTHING if text is None else rules_of(text, self._delay_most_s)
        if host in self._kept:
            self._forget(host)
        lines = len((text or "").splitlines())
        self._kept[host] = _Kept(self._clock() + keep_s, rules, lines)
        self._lines += lines
        while len(self._kept) > self._most_hosts or (self._lines > self._most_lines and len(self._kept) > 1):
            self._forget(next(iter(self._kept)))
        return rules

    def _forget(self, host: str) -> None:
        self._lines -= self._kept.pop(host).lines


def question(url: str) -> Ask:
    """The request for the robots.txt that holds for `url`."""
    return Ask(urljoin(url, "/robots.txt"), deadline_s=_DEADLINE_S, cap=_CAP)


def rules_of(text: str, delay_most_s: float) -> Rules:
    """The rules of one robots.txt for us."""
    parsed = Protego.parse("\n".join(map(_ours, text.splitlines())))
    delay = parsed.crawl_delay(TOKEN)
    return Rules(parsed, min(delay or 0.0, delay_most_s))


def _ours(line: str) -> str:
    """A line that names another robot names nobody: thousands of names times thousands of rules would take minutes."""
    named = _USER_AGENT.match(line)
    if named is None:
        return line
    name = named[1].strip().lower().replace("*", "")
    return line if TOKEN.startswith(name) else "User-agent: -"


def _meant(answer: Answer) -> tuple[str | None, float]:
    """The text that counts, None where everything is allowed; and for how long, in seconds."""
    status = answer.status or 0
    if 200 <= status < 300:
        whole = not answer.partial or answer.outcome == "too_large"
        return _text(answer), DAY_S if whole else HOUR_S
    lasting = 300 <= status < 500 and status != 429
    return None, DAY_S if lasting else HOUR_S


def _text(answer: Answer) -> str:
    body = answer.body
    if answer.partial:
        body = body[: max(body.rfind(b"\n"), body.rfind(b"\r")) + 1]  # half a rule is none
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    return body.decode("utf-8-sig", "replace")
