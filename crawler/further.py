"""The further requests of a visit whose page told no date by itself: what is asked, and what the answers prove. Pure.

    Judgement of the page + its Plan ──Quest──► Want ──(asked by visit)──► tell(Answer) ──► … ──► result(): Judgement

The page's own judgement stands wherever the answers prove nothing more: where one of them failed, where the visit was broken
off, where two lists contradict each other. `blank` needs a whole answer that says so; `undated` needs every followed article
open, with a text and without any time.
"""

import re
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from msgspec.structs import replace

from crawler.fetch.exchange import Answer
from crawler.fetch.signatures import classify
from crawler.read import adapters, articles, payloads, read
from crawler.read.articlewords import LABELS, METAS
from crawler.read.dates import FoundDate, find_dates
from crawler.read.document import Document, open_document
from crawler.read.entries import Triple
from crawler.read.feeds import is_feed
from crawler.read.flat import flatten, inside
from crawler.read.fragments import read_fragment
from crawler.read.links import Base
from crawler.read.marks import head_of, metas
from crawler.read.page import Page
from crawler.read.wants import Plan, Want, follow, plan_of, same_host
from crawler.read.weigh import is_own
from crawler.records import Flag, Item, Reading, clean_text

MOST_FURTHER: Final = 4
"""Further requests of one visit, redirects among them."""

_LEAST_ROWS: Final = 3
_LEAST_TEXT: Final = 120
_LEAST_SENTENCE: Final = 12
_FULL_DOCUMENT: Final = re.compile(r"<(?:!doctype|html|body|head)\b", re.IGNORECASE)
_LABEL: Final = re.compile("|".join(name for name, weight in LABELS if weight >= 45 and len(name) > 2))
_CLOCK: Final = re.compile(r"(?:今天是|今日是?|现在是|当前时间|系统时间|北京时间)\s*[:：]?\s*(?:公元)?\s*$")
_WEEKDAY: Final = re.compile(r"\s*[(（]?星期")
_SENTENCE: Final = re.compile(r"[，。；！？,;]")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the further requests came to: a reading with its items where they prove one, and flags."""

    reading: Reading | None
    items: tuple[Item, ...] = ()
    flags: tuple[Flag, ...] = ()


class Quest:
    """One page's plan on its way. Ask `next()`, make the request, `tell` the answer; `result()` at any time."""

    def __init__(self, plan: Plan, reading: Reading, items: tuple[Item, ...], url: str, now: datetime, whole: bool) -> None:
        """`url` answered with the page, `whole` says that the page was not cut, `reading` and `items` are its own."""
        self._plan, self._reading, self._items, self._url, self._now, self._whole = plan, reading, items, url, now, whole
        self.now = now
        self._own_items = items
        self._base = Base(url)
        self._queue = deque(plan.wants)
        self._left = MOST_FURTHER
        self._asked: set[tuple[str, object]] = set()
        self._settled: Outcome | None = None
        self._lists: list[tuple[Want, Triple]] = []
        self._followed: list[tuple[Want, Reading | None]] = []
        self._why: list[str] = []
        self._dug = False
        self._stopped = False
        self._unopened = 0

    def next(self) -> Want | None:
        """The next request, None where there is none: all is told, or four were made."""
        if self._settled is not None or self._stopped or self._left <= 0 or not self._queue:
            return None
        return self._queue.popleft()

    def stop(self, want: Want) -> None:
        """`want` could not be asked any more, and nothing else will be."""
        self._queue.appendleft(want)
        self._stopped = True

    def tell(self, want: Want, answer: Answer) -> Want | None:
        """Take the answer in. A redirect on the same host gives the want that is to be asked instead."""
        self._left -= 1
        self._asked.add((want.url, want.form))
        target = answer.location
        if target is not None and 300 <= (answer.status or 0) < 400:
            return self._redirected(want, target)
        doc, why = _opened(want, answer, self._url, self._now)
        if doc is None:
            self._unopened += 1
            self._failed(want, why)
        elif want.purpose == "article":
            self._article(want, answer, doc)
        else:
            self._list(want, answer, doc)
        return None

    def result(self) -> Outcome:
        """What is proved so far."""
        if self._settled is not None:
            return self._settled
        if not (self._queue or self._stopped):
            proved = self._of_articles() if self._followed else self._of_lists()
            if proved is not None:
                return proved
        return self._nothing()

    # ---- lists ----

    def _list(self, want: Want, answer: Answer, doc: Document) -> None:
        triple = _list_in(want, answer, doc)
        reading, items, _ = triple
        if against := _against(answer, doc, reading.newest is not None or reading.state == "blank"):
            self._unopened += 1
            return self._failed(want, against)
        if (answer.partial or answer.outcome != "ok") and reading.newest is None:
            return self._failed(want, "cut short")
        if want.purpose == "api":
            return self._api(want, triple)
        if reading.newest is not None and reading.state in ("list", "feed"):
            if want.own or reading.dated >= _LEAST_ROWS:
                self._lists.append((want, triple))
                return None
            return self._failed(want, "too few rows")
        if reading.state == "blank":
            self._lists.append((want, triple))
            return None
        if (want.own or want.purpose == "frame") and len(self._plan.wants) == 1:
            return self._dig(want, answer, items)
        return self._failed(want, "no list in the answer")

    def _api(self, want: Want, triple: Triple) -> None:
        reading, items, flags = triple
        if reading.newest is not None:
            self._settled = self._taken(want, triple)
        elif reading.state == "blank" and self._whole:
            self._settled = Outcome(reading, (), (*flags, _from(want)))
        elif items:
            self._queue = deque(self._to_follow(items))
        else:
            self._failed(want, next((flag.evidence or flag.name for flag in flags), "no list in the answer"))

    def _dig(self, want: Want, answer: Answer, items: tuple[Item, ...]) -> None:
        """A frame, or an answer, whose list is not in it either: once more, one floor below."""
        if self._dug:
            return self._failed(want, "no list in the answer")
        self._dug = True
        if want.purpose == "script":
            self._queue = deque(self._to_follow(items))
            return None
        page = Page(answer.body, answer.url, self._now, "column", answer.content_type)
        found = read(page)
        plan = plan_of(found, answer.url, answer.url, self._now)
        self._items = found.items or self._items
        self._plan = Plan(plan.wants, plan.dialect, (*self._plan.flags, *plan.flags))
        self._base = Base(answer.url)
        self._queue = deque(w for w in plan.wants if (w.url, w.form) not in self._asked)
        if not self._queue:
            self._failed(want, "no list in the frame")
        return None

    def _to_follow(self, items: tuple[Item, ...]) -> tuple[Want, ...]:
        self._items = items
        plan = follow(items, self._url)
        self._why += [flag.name for flag in plan.flags]
        return plan.wants

    def _of_lists(self) -> Outcome | None:
        """The one list that the frames and the scripts' requests brought; of several, the one of the column's own folder."""
        dated = [(want, told) for want, told in self._lists if told[0].newest is not None]
        if len(dated) > 1:
            own = [(want, told) for want, told in dated if want.own or self._is_own(told[1])]
            if len(own) != 1:
                self._why.append("several lists")
                return None
            dated = own
        if dated and (dated[0][0].own or not self._unopened):
            return self._taken(*dated[0])
        if not dated and len(self._lists) == 1 == len(self._plan.wants) and self._whole:
            want, (reading, _, flags) = self._lists[0]
            if want.own or want.purpose == "frame":
                return Outcome(reading, (), (*flags, _from(want)))
        return None

    def _is_own(self, items: tuple[Item, ...]) -> bool:
        addresses = [item.url for item in items[:40] if item.url]
        return bool(addresses) and 2 * sum(is_own(address, self._base) for address in addresses) > len(addresses)

    @staticmethod
    def _taken(want: Want, told: Triple) -> Outcome:
        reading, items, flags = told
        return Outcome(reading, items, (*flags, _from(want)))

    # ---- articles ----

    def _article(self, want: Want, answer: Answer, doc: Document) -> None:
        reading = articles.read_article(doc)
        if against := _against(answer, doc, reading is not None):
            self._failed(want, against)
        elif reading is None and not (self._whole and not answer.partial and _without_time(doc, want.title or "")):
            self._failed(want, "no time is proved")
        else:
            self._followed.append((want, reading))
            if reading is not None and (reading.newest or "")[:10] == self._now.date().isoformat():
                self._queue.clear()  # nothing can be newer

    def _of_articles(self) -> Outcome | None:
        """The newest time of the followed articles; `undated` where none of them bears one; None where one was not opened."""
        dated = [(want, told) for want, told in self._followed if told is not None and told.newest]
        count = len(self._items)
        if self._why:
            return None
        followed = Flag("followed", f"{len(dated)} of {len(self._followed)} articles bear a time, {count} rows")
        if not dated:
            return Outcome(Reading("undated", source="article", items=count), self._items, (followed,))
        want, told = max(dated, key=lambda pair: pair[1].newest or "")
        times = {one.url: read.newest for one, read in dated}
        items = tuple(replace(i, date=times.get((i.url or "").partition("#")[0], i.date)) for i in self._items)
        reading = Reading(
            "list",
            newest=told.newest,
            precision=told.precision,
            source="article",
            text=told.text,
            title=want.title or told.title,
            item_url=want.url,
            items=count,
            dated=len(dated),
            oldest=min(one.newest or "" for _, one in dated),
        )
        times_in_order = [one.newest or "" for _, one in dated]
        rises = any(a[:10] < b[:10] for a, b in pairwise(times_in_order))
        flags = (followed, Flag("unordered", "the followed articles' times do not fall")) if rises else (followed,)
        return Outcome(reading, items, flags)

    # ---- neither ----

    def _redirected(self, want: Want, target: str) -> Want | None:
        onward = Want(target, want.purpose, "GET", (), want.headers, want.adapter, want.title, want.own)
        if not same_host(target, want.url):
            self._failed(want, "elsewhere")
        elif (target, onward.form) in self._asked or self._left <= 0:
            self._failed(want, "redirects")
        elif want.purpose == "article" and Base(target).folder == "":
            self._failed(want, "leads home")
        else:
            return onward
        return None

    def _failed(self, want: Want, why: str) -> None:
        self._why.append(f"{want.adapter or want.purpose}: {why}")
        if want.purpose == "article":
            self._queue.clear()

    def _nothing(self) -> Outcome:
        """The page's own judgement stands, with the reasons why nothing more is known."""
        flags = list(self._plan.flags)
        if self._queue:
            flags.append(Flag("interrupted", f"{len(self._queue)} further requests were not made"))
        dialect = self._plan.dialect
        evidence = clean_text("; ".join(dict.fromkeys(self._why)))
        if evidence:
            flags.append(Flag("unfollowed" if self._items and not dialect else "dynamic", evidence))
        reading = Reading("dynamic", items=self._reading.items) if dialect and self._reading.state == "unknown" else None
        return Outcome(reading, self._own_items, tuple(flags))


def _from(want: Want) -> Flag:
    return Flag("filled_by", clean_text(f"{want.adapter}: {want.url}"))


def _opened(want: Want, answer: Answer, page_url: str, now: datetime) -> tuple[Document | None, str]:
    """The answer as a document, or why it is none. Links in an API's answer are relative to the column's page."""
    if answer.outcome != "ok" and not (answer.body and want.purpose != "article"):
        return None, f"{answer.outcome} {answer.reason or ''}".strip()
    status = answer.status or 0
    if not 200 <= status < 300:
        return None, f"status {status}"
    if not answer.body:
        return None, "empty answer"
    url = answer.url if want.purpose in ("article", "frame") else page_url
    return open_document(Page(answer.body, url, now, "column", answer.content_type)), ""


def _against(answer: Answer, doc: Document, content: bool) -> str:
    """What speaks against an answer that was opened: a challenge, a soft 404; empty where nothing does."""
    return " ".join(classify(answer.status or 0, answer.headers or {}, doc.text, None, content) or ())


def _list_in(want: Want, answer: Answer, doc: Document) -> Triple:
    """The list in an answer."""
    if want.purpose == "api":
        return adapters.read_answer(adapters.BY_NAME[want.adapter].answer, doc)
    text = doc.text
    whole = payloads.is_payload(text, answer.content_type) or is_feed(text) or _FULL_DOCUMENT.search(text[:2_000])
    if want.purpose == "script" and not whole:
        return adapters.of_api(read_fragment(text, doc))
    found = read(Page(answer.body, doc.url, doc.now, "column", answer.content_type, partial=answer.partial))
    triple = found.reading, found.items, found.flags
    return triple if want.purpose == "frame" else adapters.of_api(triple)


def _without_time(doc: Document, title: str) -> bool:
    """Is this the article, with its text, and without any time of its publication?

    Its title and a text must be there. A date in the title, in a sentence, in a link or in the head's calendar is not its
    own; a date anywhere else, a meta tag of publication, or a label whose time is missing (a script may bring it) may be
    the publication's, so nothing is proved.
    """
    tags = metas(head_of(doc.text))
    if any(tags.get(name) for name in METAS):
        return False
    flat = flatten(doc.root)
    words = "".join(flat.text.split())
    wanted = "".join(title.split()).rstrip(".…")
    if len(words) < _LEAST_TEXT or len(wanted) < 4 or wanted[:30] not in words or _is_labelled(flat.text):
        return False
    named = title.strip().rstrip(".…")
    text = flat.text.replace(named, "\u3000" * len(named)) if named else flat.text
    return all(
        inside(flat.links, one.start)
        or _is_clock(text, one)
        or _in_sentence(text, one.start, one.end)
        or articles.in_footer(text, one.start, one.end)
        for one in find_dates(text, doc.now)
    )


def _is_labelled(text: str) -> bool:
    """Does a label of publication stand anywhere but at the page's foot?"""
    return any(not articles.in_footer(text, label.start(), label.end()) for label in _LABEL.finditer(text))


def _is_clock(text: str, shown: FoundDate) -> bool:
    """Is this the calendar in the page's head, 今天是…星期…?"""
    return bool(_CLOCK.search(text[max(0, shown.start - 12) : shown.start]) or _WEEKDAY.match(text[shown.end : shown.end + 8]))


def _in_sentence(text: str, start: int, end: int) -> bool:
    left = text[max(0, start - 300) : start].rsplit("\n", 1)[-1]
    right = text[end : end + 300].split("\n", 1)[0]
    return len("".join((left + right).split())) >= _LEAST_SENTENCE and bool(_SENTENCE.search(left + right))
