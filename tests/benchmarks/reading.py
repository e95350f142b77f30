"""What reading costs beside a bare lxml parse of the same bytes: decode, parse, find, over 38 KB list pages.

`python -m tests.benchmarks.reading` prints microseconds per page and the ratio, for UTF-8 and for GBK, and for rows written in
other ways than the benchmark's own. The two are taken in turn, a batch each; the figure is the median of the turns.

Where XUNWANG_CORPUS names a folder of labelled pages (tests/score.py), the same over each of its pages, by kind: the median,
the 90th percentile and the worst of the ratios, the best of several turns being a page's time. Pages of less than 2 KB are
left out of the ratios, since a parse of them takes a few microseconds; their reading is given in microseconds.
"""

import os
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from statistics import median

from lxml import html

from crawler.read import KIND_NAMES, Page, PageKind, read
from crawler.read.charset import decode
from crawler.records import BEIJING
from scheduler.commands.read import moment
from tests import score
from tests.benchmarks.pages import page as column_page
from tests.crawler.read.test_read import HUGE

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=BEIJING)
PAGES, TURNS = 40, 15
TINY = 2_000
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
    if folder := os.environ.get("XUNWANG_CORPUS"):
        _corpus(Path(folder))


def _corpus(folder: Path) -> None:
    """Real pages, by kind: what reading costs beside a bare parse."""
    by_kind: dict[str, list[tuple[float, float]]] = defaultdict(list)
    tiny: list[float] = []
    for page in score.pages(folder):
        kind = page.kind.rpartition(":")[2]
        if kind in ("list", "home", "article"):
            times = _times(page, KIND_NAMES[kind])
            if len(page.body) < TINY:
                tiny.append(times[1])
            else:
                by_kind[kind].append(times)
    for kind, told in sorted(by_kind.items()):
        ratios = sorted(reading / parse for parse, reading in told)
        print(
            f"corpus, {kind:8} {len(told):4} pages   bare lxml parse {median(p for p, _ in told):5.0f} us"
            f"   read {median(r for _, r in told):5.0f} us   ratio {median(ratios):.2f}"
            f"   90th percentile {ratios[len(ratios) * 9 // 10]:.2f}   worst {ratios[-1]:.2f}",
            flush=True,
        )
    if tiny:
        print(f"corpus, {len(tiny)} pages under {TINY} bytes: read in at most {max(tiny):.0f} us", flush=True)


def _times(page: score.Page, kind: PageKind) -> tuple[float, float]:
    """Microseconds of a bare parse and of a reading of one page."""
    charset, now = decode(page.body)[1], moment(page.now)
    asked = Page(page.body, page.url, now, kind)
    parse = _best(lambda: html.document_fromstring(page.body, parser=html.HTMLParser(encoding=charset)))
    return parse, _best(lambda: read(asked))


def _best(work: Callable[[], object]) -> float:
    """Microseconds of the quickest of several turns."""
    quickest = float("inf")
    for _ in range(TURNS):
        begun = time.perf_counter()
        work()
        quickest = min(quickest, time.perf_counter() - begun)
    return quickest * 1e6


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
