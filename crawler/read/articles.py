"""When an article was published: what the page shows under a label, else what its script or meta tags say.

What is shown counts, because PubDate and 页面生成时间 often mean a page's generation or a migration, and the date in the
URL is the file's. 成文日期 (written) is not 发布日期 (published). A line of running text, a signature under the text, a
clock or a list of other articles proves nothing; where nothing is proved, nothing is returned.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Final

from crawler.read import dates
from crawler.read.articlewords import BODIES, LABELS, METAS, PREFIXES, TOLD
from crawler.read.dates import FoundDate
from crawler.read.document import Document
from crawler.read.flat import Flat, flatten, inside
from crawler.read.marks import head_of, metas
from crawler.read.words import holds_any
from crawler.records import Reading, Source, clean_text

_WEIGHT: Final = dict(LABELS)
_BARE: Final = frozenset({"时间", "日期", "发布"})
_LABEL = re.compile(
    "(" + "|".join(r"[ ]?".join(name) for name, _ in sorted(LABELS, key=lambda row: -len(row[0]))) + r")(?![\u4e00-\u9fff])"
)
_GAP = re.compile(r"[\s:：︰∶|｜\[\]【】（）()<>《》＞/／\-—_·•.。,，\"'“”=]*(?:\S{0,4}日报)?[\s:：]*")
_COMPANION = re.compile(
    r"来\s?源|出处|作\s?者|编\s?辑|责编|撰稿|供稿|审核|浏览|点击|阅读|访问量|次数|字\s?号|字\s?体|打印|关闭|收藏|分享|发布(?:人|者|单位|机构|部门)|信息来源|朗读|人气|查看"
)
_NOT_AFTER = re.compile(r"地\s?点|时长|截止|至\s*\d|开始|结束")
_NOT_BEFORE = re.compile(r"今天是|现在是|当前(?:时间|日期)|北京时间|上一[篇条]|下一[篇条]|相关|农历|星期|系统时间")
_NAMED = re.compile("articletitle|pubdate|og:type", re.IGNORECASE)
_SCRIPT = re.compile(
    r"(?i)\b(?:pubda(?:ta|te)|pub_?(?:date|time)|publish_?(?:date|time|edtime)|docreltime|doc_?pub_?(?:time|date)|releasetime|release_?date|fbsj|fbrq|pub_?date_?str)"
    r"[\"']?\s{0,4}[=:]\s{0,4}[\"']([^\"'<>\n]{6,40})[\"']"
)
_LINKED_DATA = re.compile(r"(?i)\"(?:datePublished|pubDate)\"\s{0,4}:\s{0,4}\"([^\"<>\n]{8,40})\"")
_NOT_A_SOURCE = re.compile(r"[\d，。；：:、！？《》（）()]|[期间于自至是为从到在第]$")
_VALUE = re.compile(r"(?:来\s?源|作\s?者|编\s?辑|单\s?位|机\s?构|部\s?门|人|者)\s?[:：][^。；;：:]{1,30}$")
_TIME = re.compile(r"T(\d\d):(\d\d)(?::(\d\d))?")
_NEAR: Final = 600
_MOST_LABELS: Final = 2_000
_MOST_SOURCE: Final = 400_000
_MIGRATED_DAYS: Final = 31
_THIS_MINUTE: Final = 90


@dataclass(frozen=True, slots=True)
class _Shown:
    """A date the page shows, and how sure it is that it means publication."""

    score: int
    place: int
    found: FoundDate
    label: str


def read_article(doc: Document) -> Reading | None:
    """The publication time of the article on this page; None where none is proved.

    `source`: `article` (shown), `script`, or `meta`. A time of 00:00 is a filler, and a meta tag's morning may be an
    afternoon written with a 12-hour clock: then only the day is kept (page-conventions.md §1).
    """
    tags = metas(head_of(doc.text))
    flat = flatten(doc.root)
    anchor, title = _title(flat, tags, doc.text)
    shown = _shown(flat, anchor, doc.now)
    meta = _meta(tags, doc)
    if shown and not (
        shown.label.startswith(("更新", "最后", "编辑", "Updated")) and meta and meta.value[:10] <= shown.found.value[:10]
    ):
        return _reading(_afternoon(shown.found, meta), "article", title)
    script = _script(doc.text, doc.now)
    if script:
        return _reading(script, "script", title)
    if meta and _trusted(meta, tags, doc):
        return _reading(_day_of_morning(meta), "meta", title)
    return None


def looks_like_article(doc: Document) -> bool:
    """Is this an article page? It names its title and its publication, or shows a labelled date over a known body."""
    tags = metas(head_of(doc.text), _NAMED)
    if tags.get("articletitle") and tags.get("pubdate"):
        return True
    if tags.get("og:type", "").lower() in ("article", "news"):
        return True
    text = doc.text
    return holds_any(text, TOLD) and any(body in text for body in BODIES)


def _reading(found: FoundDate, source: Source, title: str) -> Reading:
    return Reading(
        "article",
        newest=found.value,
        precision=found.precision,
        source=source,
        text=clean_text(found.text),
        title=clean_text(title) or None,
    )


def _title(flat: Flat, tags: dict[str, str], text: str) -> tuple[int | None, str]:
    """Where the article's title ends in the flat text, and the title."""
    match = re.search(r"(?is)<title[^>]{0,200}>([^<]{1,500})", text[:65_536])
    document_title = _squeeze(match[1]) if match else ""
    named = tags.get("articletitle") or tags.get("og:title") or ""
    wanted = _squeeze(named) or document_title
    best: tuple[tuple[int, int, int], int, str] | None = None
    for start, end in flat.headings:
        if end - start > 300 or inside(flat.links, start):
            continue
        heading = _squeeze(flat.text[start:end])
        if len(heading) < 4 or not (heading in wanted or heading in document_title or (len(wanted) >= 6 and wanted in heading)):
            continue
        rank = (min(len(heading), len(wanted) or 1), -len(heading), -start)
        if best is None or rank > best[0]:
            best = (rank, end, flat.text[start:end])
    if best is not None:
        return best[1], named or best[2]
    place = _title_line(flat, wanted, document_title)
    return place, named or re.split(r"\s*[-_|—–]+\s*", match[1].strip() if match else "")[0]


def _title_line(flat: Flat, wanted: str, document_title: str) -> int | None:
    """The end of the longest line that is the title, where no heading is marked as one."""
    best, place, start = 7, None, 0
    for line in flat.text[:60_000].split("\n"):
        end = start + len(line)
        if best < len(line) <= 200:
            said = _squeeze(line)
            if len(said) > best and (said in wanted or said in document_title) and not inside(flat.links, start):
                best, place = len(said), end
        start = end + 1
    return place


def _squeeze(text: str) -> str:
    return "".join(text.split())


def _shown(flat: Flat, anchor: int | None, now: datetime) -> _Shown | None:
    """The best date that the page shows as its publication."""
    every = [*_labelled(flat, anchor, now), *_unlabelled(flat, anchor, now)]
    if not every:
        return None
    best = max(every, key=lambda c: (c.score, -c.place))
    rivals = {c.found.value[:10] for c in every if c.score >= best.score - 5}
    if len(rivals) > 2 and not _near(anchor, best.place):
        return None
    same = [c for c in every if c.found.value.startswith(best.found.value) and c.score >= best.score - 40]
    fullest = max(same, key=lambda c: len(c.found.value))
    return _Shown(best.score, best.place, fullest.found, best.label)


_FOOTER: Final = re.compile(r"版权所有|ICP\s?备|网站标识码|主办(?:单位)?\s*[：:]|Copyright|©", re.IGNORECASE)


def in_footer(text: str, start: int, end: int) -> bool:
    """Does what stands there belong to the line at the foot of a page, beside 版权所有, ICP备 or 主办?"""
    before, after = text[max(0, start - 120) : start].rsplit("\n", 1)[-1], text[end : end + 120].partition("\n")[0]
    return bool(_FOOTER.search(before) or _FOOTER.search(after))


def _near(anchor: int | None, place: int) -> bool:
    return anchor is not None and anchor - 120 <= place <= anchor + _NEAR


def _labelled(flat: Flat, anchor: int | None, now: datetime) -> list[_Shown]:
    found: list[_Shown] = []
    for count, match in enumerate(_LABEL.finditer(flat.text)):
        if count > _MOST_LABELS:
            break
        place = match.end()
        label = match[1].replace(" ", "")
        if not _label_begins(flat.text, match.start(), label):
            continue
        gap = _GAP.match(flat.text, place)
        start = gap.end() if gap else place
        if start - place > 24:
            continue
        value = _first_date(flat.text[start : start + 60], now)
        if value is None or inside(flat.links, start):
            continue
        score = _WEIGHT[label]
        near, beside = _near(anchor, place), _companion(flat.text, match.start(), start + value.end)
        if label.startswith(("更新", "最后")) and in_footer(flat.text, match.start(), start + value.end):
            continue  # the site's own stamp at its foot
        if label in _BARE and (not (near or beside) or _event(flat.text, match.start(), start + value.end)):
            continue
        score += 15 * near + 10 * beside - 60 * inside(flat.hidden, place)
        found.append(_Shown(score, place, value, label))
    return found


def _label_begins(text: str, start: int, label: str) -> bool:
    """Does the label begin a word of its own? 发布日期 does, and after 来源：某某局 too; 公示时间 does not."""
    line = text[max(0, start - 40) : start].rsplit("\n", 1)[-1]
    if line and "\u4e00" <= line[-1] <= "\u9fff":
        if line.endswith(PREFIXES):
            return not ("\u4e00" <= line[-3:-2] <= "\u9fff")
        return label not in _BARE and bool(_VALUE.search(line))
    return not _NOT_BEFORE.search(line[-12:])


def _first_date(window: str, now: datetime) -> FoundDate | None:
    """The date with which `window` begins."""
    for value in dates.find_dates(window, now):
        if value.start <= 2 and value.precision != "month" and not value.yearless:
            return value
        break
    return None


def _line(text: str, start: int, end: int, reach: int) -> tuple[str, str]:
    """What stands before and after `start:end` in its line, at most `reach` characters each way, and one line more."""
    before = text[max(0, start - reach) : start].split("\n")
    after = text[end : end + reach].split("\n")
    return "\n".join(before[-2:]), "\n".join(after[:2])


def _companion(text: str, start: int, end: int) -> bool:
    """Does 来源, 作者, 浏览 or the like stand beside it, as in the line under an article's title?"""
    before, after = _line(text, start, end, 60)
    return bool(_COMPANION.search(before) or _COMPANION.search(after[:40]))


def _event(text: str, start: int, end: int) -> bool:
    """Is it the time of a meeting or of a deadline?"""
    before, after = _line(text, start, end, 30)
    if _NOT_AFTER.search(after) or _NOT_AFTER.search(before):
        return True
    return after.lstrip().startswith(("至", "起", "前", "（周", "(周"))


def _unlabelled(flat: Flat, anchor: int | None, now: datetime) -> list[_Shown]:
    """Dates without a label in the lines under the title: beside 来源 and the like, or alone in their line."""
    if anchor is None:
        return []
    start, stop = max(0, anchor), anchor + _NEAR // 2
    found: list[_Shown] = []
    alone_count = 0
    for value in dates.find_dates(flat.text[start:stop], now):
        place, end = start + value.start, start + value.end
        if value.precision == "month" or value.yearless or inside(flat.links, place) or inside(flat.hidden, place):
            continue
        if any(anchor <= left < place and right - left > 12 for left, right in flat.links):
            break
        left = flat.text[max(0, place - 80) : place].rsplit("\n", 1)[-1]
        right = flat.text[end : end + 80].split("\n", 1)[0]
        if _NOT_BEFORE.search(left) or _other_label(left):
            continue
        alone = not left.strip(" [【(（|") and not right.strip(" ]】)）|")
        alone_count += alone
        if alone_count > 2:
            return []  # the rows of a list
        if alone and _under_title(flat.text[start:place], value.text):
            found.append(_Shown(50, place, value, ""))
        elif not alone and _meta_line(left) and _meta_line(right):
            found.append(_Shown(60, place, value, ""))
        elif _named_source(left) and _meta_line(right) and flat.text.count("\n", start, place) <= 1:
            found.append(_Shown(50, place, value, ""))
    return found


def _under_title(between: str, written: str) -> bool:
    """Is a date alone in its line the one under the title, not the signature under a short text?

    One short line may stand between. People write 2026年10月8日 as a signature and （2026年10月8日） for a decision, a
    program writes 2026年10月08日.
    """
    lines = [line for line in (part.strip() for part in between.split("\n")) if line.strip("[]【】（()|:：")]
    by_hand = "年" in written and not re.search(r"年0\d月|月0\d日|:\d\d|年1\d月[1-3]\d日", written)
    if not lines:
        return not (by_hand and between.rstrip().endswith(("（", "(")))
    return len(lines) == 1 and len(lines[0]) <= 40 and "年" not in written and not lines[0].endswith(("。", "：", ":"))


def _meta_line(part: str) -> bool:
    """Does this part of a line hold only labels such as 来源：… 浏览：…, not a sentence?"""
    part = part.strip(" |｜[]【】()（）:：\xa0")
    return not part or (len(part) <= 60 and bool(_COMPANION.search(part)) and not re.search(r"[。；;！!？?]", part))


def _named_source(left: str) -> bool:
    """Is this the bare name of a source, such as 新华社, and nothing that a date would belong to?"""
    left = left.strip(" |｜[]【】")
    return 2 <= len(left) <= 16 and not _NOT_A_SOURCE.search(left)


def _other_label(left: str) -> bool:
    """Does another label stand right before the date, such as 成文日期 or 截止时间?"""
    return bool(re.search(r"[\u4e00-\u9fff]{2,}\s*[:：]\s*[\[【(（]?\s*$", left)) and not re.search(
        r"(?:来源|作者|编辑)\s*[:：]\s*$", left
    )


def _whole(value: FoundDate) -> bool:
    return value.precision != "month" and not value.yearless


def _meta(tags: dict[str, str], doc: Document) -> FoundDate | None:
    for name in METAS:
        content = tags.get(name)
        if content and (value := dates.parse_date(content[:60], doc.now)) and _whole(value):
            return value
    linked = {
        value.value: value
        for match in islice(_LINKED_DATA.finditer(doc.text, 0, _MOST_SOURCE), 40)
        if (value := dates.parse_date(match[1], doc.now)) and _whole(value)
    }
    return next(iter(linked.values())) if len(linked) == 1 else None


def _script(text: str, now: datetime) -> FoundDate | None:
    """The one date that script variables such as `pubdata` hold; None where they hold several."""
    found: dict[str, FoundDate] = {}
    for match in islice(_SCRIPT.finditer(text, 0, _MOST_SOURCE), 40):
        value = dates.parse_date(match[1], now)
        if value and _whole(value):
            found.setdefault(value.value[:10], value)
        if len(found) > 1:
            return None
    return next(iter(found.values())) if found else None


def _trusted(meta: FoundDate, tags: dict[str, str], doc: Document) -> bool:
    """Is the tag's date the publication's? Not if it is the page's generation, this very minute, or a migration's.

    A migration shows where the tag is much younger than the date in the page's own URL.
    """
    generated = dates.find_dates(tags.get("others", ""), doc.now)
    if "T" in meta.value and any(stamp.value[:16] == meta.value[:16] for stamp in generated):
        return False
    if "T" in meta.value and abs((doc.now - datetime.fromisoformat(meta.value)).total_seconds()) < _THIS_MINUTE:
        return False
    written = dates.date_in_url(doc.url, doc.now)
    if written is None:
        return True
    file_day = date.fromisoformat((written.value + "-28")[:10] if written.precision == "month" else written.value[:10])
    return (date.fromisoformat(meta.value[:10]) - file_day).days <= _MIGRATED_DAYS


def _afternoon(found: FoundDate, meta: FoundDate | None) -> FoundDate:
    """The shown time without a filler 00:00, and twelve hours later where the meta tag tells that its clock had twelve."""
    time = _TIME.search(found.value)
    if time is None:
        return found
    if time[1] == "00" and time[2] == "00" and time[3] in (None, "00"):
        return _as_day(found)
    other = _TIME.search(meta.value) if meta and meta.value[:10] == found.value[:10] else None
    if other and other[2] == time[2] and int(other[1]) == int(time[1]) + 12 and meta is not None:
        return FoundDate(meta.value, meta.precision, found.text, found.start, found.end)
    return found


def _day_of_morning(meta: FoundDate) -> FoundDate:
    time = _TIME.search(meta.value)
    return _as_day(meta) if time and int(time[1]) < 12 else meta


def _as_day(found: FoundDate) -> FoundDate:
    return FoundDate(found.value[:10], "day", found.text, found.start, found.end)
