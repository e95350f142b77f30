"""How well are real pages read? `make score CORPUS=DIR`, with DIR/manifest.jsonl and DIR/labels.jsonl.

Three readers over the same files in one run: ours, htmldate (extensive search), and "the largest date on the page". A date
counts as right when it is the labelled one, to the day; what no reader may ever do is call a column staler or fresher than
it is, or blank.
"""

import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import htmldate

from crawler.fetch import Answer
from crawler.judge import Look, judge
from crawler.read import KIND_NAMES
from crawler.read.charset import decode
from scheduler.commands.read import moment

VERDICTS: Final = ("right", "abstained", "false_stale", "false_fresh", "false_blank")
_DATE: Final = re.compile(r"(?<!\d)(20\d\d|19\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)")


class Page(NamedTuple):
    """One labelled file."""

    file: str
    kind: str
    family: str
    url: str
    now: str
    body: bytes
    truth: dict[str, Any]

    @property
    def wanted(self) -> str:
        return str(self.truth.get("newest") or self.truth.get("published") or "")[:10]


class Told(NamedTuple):
    """What a reader says of a page: a date or none, whether it calls the column blank, and why."""

    date: str
    blank: bool = False
    why: str = ""


Reader = Callable[[Page], Told]


def ours(page: Page) -> Told:
    kind = KIND_NAMES.get(page.kind.rpartition(":")[2], "column")
    answer = Answer(page.url, "ok", status=200, headers={}, body=page.body)
    judged = judge(answer, Look(page.url, kind, moment(page.now)))
    reading = judged.reading
    why = f"{judged.outcome}/{reading.state} from {reading.source} {reading.text!r} {reading.title or ''}"
    return Told((reading.newest or "")[:10], reading.state == "blank", why)


def by_htmldate(page: Page) -> Told:
    text = decode(page.body)[0]
    try:
        found = htmldate.find_date(text, extensive_search=True, original_date=False, max_date=page.now[:10])
    except Exception as error:  # it raises many kinds for pages that are no HTML
        return Told("", why=repr(error))
    return Told(found or "")


def largest(page: Page) -> Told:
    dates = (f"{year}-{int(month):02d}-{int(day):02d}" for year, month, day in _DATE.findall(decode(page.body)[0]))
    return Told(max((date for date in dates if date <= page.now[:10] and date[5:7] <= "12" and date[8:] <= "31"), default=""))


def verdict(page: Page, told: Told) -> str:
    """One of VERDICTS; a page without a date is right when none is read."""
    want = page.wanted
    if page.truth.get("blank"):
        return "right" if told.blank else "false_fresh" if told.date else "abstained"
    if told.blank:
        return "false_blank"
    if not want:
        return "false_fresh" if told.date else "right"
    if not told.date or len(told.date) < len(want):
        return "abstained"
    if told.date[: len(want)] == want:
        return "right"
    return "false_stale" if told.date < want else "false_fresh"


def pages(corpus: Path) -> Iterator[Page]:
    labels = {row["file"]: row for row in _rows(corpus / "labels.jsonl")}
    for row in _rows(corpus / "manifest.jsonl"):
        label = labels[row["file"]]
        now = row.get("now") or "2100-01-01"
        body = (corpus / row["file"]).read_bytes()
        yield Page(row["file"], label["kind"], row.get("cms") or "?", row["url"], now, body, label["truth"])


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


class Tally(NamedTuple):
    """Verdicts and seconds of one reader over one group of pages."""

    verdicts: Counter[str]
    seconds: list[float]


def score(corpus: list[Page], reader: Reader) -> tuple[dict[str, Tally], list[str]]:
    """Tallies by kind, by family and over all; and a line for every page that is not right."""
    tallies: dict[str, Tally] = defaultdict(lambda: Tally(Counter(), []))
    wrong: list[str] = []
    for page in corpus:
        begun = time.perf_counter()
        told = reader(page)
        spent = time.perf_counter() - begun
        said = verdict(page, told)
        for group in (f"kind {page.kind}", f"family {page.family}", "all"):
            tallies[group].verdicts[said] += 1
            tallies[group].seconds.append(spent)
        if said != "right":
            wrong.append(f"{said:12} {page.file} true {page.wanted or '-'} read {told.date or '-'} {told.why}")
    return tallies, wrong


def main(arguments: list[str]) -> int:
    corpus = list(pages(Path(arguments[0])))
    readers: dict[str, Reader] = {"xunwang": ours, "htmldate": by_htmldate, "largest date": largest}
    print(f"{len(corpus)} pages; µs = median per page, judging included for ours")
    print(f"{'':34}{'n':>5}" + "".join(f"{name:>13}" for name in VERDICTS) + f"{'µs':>9}")
    for name, reader in readers.items():
        tallies, wrong = score(corpus, reader)
        groups = (
            sorted(tallies, key=lambda group: (group == "all", group))
            if reader is ours
            else ["kind list", "kind article", "all"]
        )
        for group in groups:
            if group in tallies:
                _print(name, group, tallies[group])
        if reader is ours:
            print("\n".join(wrong))
    return 0


def _print(name: str, group: str, tally: Tally) -> None:
    microseconds = sorted(tally.seconds)[len(tally.seconds) // 2] * 1e6
    counts = "".join(f"{tally.verdicts[verdict]:>13}" for verdict in VERDICTS)
    print(f"{name + ', ' + group[:20]:34}{tally.verdicts.total():>5}{counts}{microseconds:>9.0f}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
