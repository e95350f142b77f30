"""What reading costs beside a bare lxml parse of the same bytes: decode, parse, find, over 38 KB list pages.

`python -m tests.benchmarks.reading` prints microseconds per page and the ratio, for UTF-8 and for GBK, and for rows written in
other ways than the benchmark's own. The two are taken in turn, a batch each; the figure is the median of the turns.
"""

import re
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from statistics import median

from lxml import html

from crawler.read import Page, PageKind, read
from crawler.records import BEIJING
from tests.benchmarks.pages import page as column_page
from tests.crawler.read.test_read import HUGE

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=BEIJING)
PAGES, TURNS = 40, 15
KINDS: tuple[PageKind, ...] = ("column", "home")


def bodies(charset: str, change: Callable[[str], str] = str) -> list[bytes]:
    texts = (change(column_page(host, host % 7)) for host in range(PAGES))
    return [text.replace('charset="utf-8"', f'charset="{charset}"').encode(charset) for text in texts]


def taken(work: Callable[[bytes], object], pages: Iterable[bytes]) -> float:
    """Microseconds per page."""
    begun = time.perf_counter()
    for page in pages:
        work(page)
    return (time.perf_counter() - begun) / PAGES * 1e6


def measure(name: str, charset: str, pages: list[bytes]) -> None:
    def parse(body: bytes) -> object:
        return html.document_fromstring(body, parser=html.HTMLParser(encoding=charset))

    def reading(body: bytes) -> object:
        found = read(Page(body, "http://www.qx.gov.cn/xwzx/gzdt/index.html", NOW, "column", "text/html"))
        if found.reading.newest is None:
            raise AssertionError(f"{name}: nothing was read")
        return found

    turns = [(taken(parse, pages), taken(reading, pages)) for _ in range(TURNS)]
    parsed, read_in = median(a for a, _ in turns), median(b for _, b in turns)
    print(f"{name:34} bare lxml parse {parsed:5.0f} us   read {read_in:5.0f} us   ratio {read_in / parsed:.2f}", flush=True)


def main() -> None:
    measure("UTF-8", "utf-8", bodies("utf-8"))
    measure("GBK", "gb18030", bodies("gb18030"))
    measure("UTF-8, [2026-11-20 10:20]", "utf-8", bodies("utf-8", lambda text: _rewritten(text, r"[\1 10:20]")))
    measure(
        "UTF-8, rows not under the column",
        "utf-8",
        bodies("utf-8", lambda text: text.replace('href="./2026', 'href="/info/2026')),
    )
    _worst()


def _worst() -> None:
    """The slowest of the pages that were made to exhaust a reader, each up to 2 MiB."""
    taken_ms = {}
    for name, text in HUGE.items():
        for kind in KINDS:
            begun = time.perf_counter()
            read(Page(text.encode()[: 2 << 20], "http://www.qx.gov.cn/xwzx/gzdt/index.html", NOW, kind))
            taken_ms[f"{name} ({kind})"] = (time.perf_counter() - begun) * 1e3
    name = max(taken_ms, key=lambda key: taken_ms[key])
    print(f"slowest of {len(taken_ms)} pages of up to 2 MiB: {name}, {taken_ms[name]:.0f} ms", flush=True)


def _rewritten(text: str, form: str) -> str:
    return re.sub(r"(?<=>)(20\d\d-\d\d-\d\d)(?=</span>)", form, text)


if __name__ == "__main__":
    main()
