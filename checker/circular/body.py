"""The body: headings and paragraphs of the form, filled with figures; the issue's own text goes where the form leaves room."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from checker.circular.cells import Entry, Voice, cell, worded
from checker.circular.form import Form
from checker.circular.issue import Issue
from checker.circular.model import Paragraph
from checker.circular.texts import Texts
from checker.circular.times import chinese, moment, span
from checker.verdict import Verdict

_DIGITS: Final = "〇一二三四五六七八九十"
_KINDS: Final = {"site": "网站", "section": "专栏"}


def named_texts(issue: Issue, T: str | None, listed: Mapping[str, list[Entry]], voice: Voice) -> dict[str, str | None]:
    """The issue's times and names, and the worst examples of each kind, as texts for {holes}."""
    moments = {
        "T": issue.T,
        "recheck": issue.recheck,
        "checked_on": issue.checked_on,
        "issued": issue.issued,
        "rectify_by": issue.rectify_by,
    }
    texts: dict[str, str | None] = {name: chinese(value) if value else None for name, value in moments.items()}
    judged = moment(T[:16]) if T else None
    texts["T"] = texts["T"] or (chinese(judged) if judged else None)
    texts["window"] = span(issue.window.first, issue.window.last) if issue.window else None
    texts |= {"period": issue.period, "issuer": issue.issuer, "basis": issue.basis}
    for number, deadline in enumerate(issue.deadlines, 1):
        texts[f"deadline.{number}"] = f"{chinese(deadline.by)}前{deadline.what}"
    texts["listed"] = str(sum(map(len, listed.values()))) if any(listed.values()) else None
    for kind, found in listed.items():
        texts[f"examples.{kind}"] = "；".join(_example(e, voice) for e in found[: issue.examples]) or None
        texts[f"units.{kind}"] = "、".join(dict.fromkeys(cell("short", e, 0, voice) for e in found)) or None
    return texts


def paragraphs(form: Form, issue: Issue, texts: Texts) -> Iterator[Paragraph]:
    """The body in order. A heading of which nothing is left below it is left out; numbers follow what remains."""
    numbers = [0, 0]
    waiting: list[tuple[int, str]] = []
    for part in form.body:
        if part.heading:
            waiting = [entry for entry in waiting if entry[0] < part.level]
            waiting.append((part.level, part.heading))
        lines = [filled for template in part.text if (filled := texts.fill(template))]
        lines += issue.paragraphs.get(part.slot, ()) if part.slot else ()
        if not lines:
            continue
        for level, heading in waiting:
            numbers[level - 1] += 1
            if level == 1:
                numbers[1] = 0
            yield Paragraph(f"{_numeral(numbers[level - 1], level)}{heading}", "heading", level)
        waiting = []
        for line in lines:
            yield Paragraph(line)


def numeral(number: int) -> str:
    """1 … 99 as 一 … 九十九."""
    tens, ones = divmod(number, 10)
    front = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return front + (_DIGITS[ones] if ones else "")


def unknown_slots(form: Form, issue: Issue) -> Iterable[str]:
    """Paragraphs of the issue for which the form leaves no room."""
    return sorted(issue.paragraphs.keys() - {part.slot for part in form.body})


def _numeral(number: int, level: int) -> str:
    return f"{numeral(number)}、" if level == 1 else f"（{numeral(number)}）"


def _example(entry: Entry, voice: Voice) -> str:
    """`“某某县人民政府”网站没有及时办理网民留言`, `“某某公安”微信视频号存在“未及时注销”问题`."""
    name = voice.issue.name(entry.subject.name)
    kind = _KINDS.get(entry.subject.kind) or entry.subject.platform or "账号"
    said = [part for verdict in entry.findings for part in _in_a_sentence(verdict, voice)]
    return f"“{name}”{'' if name.endswith(kind) else kind}{'，'.join(dict.fromkeys(said))}"


def _in_a_sentence(verdict: Verdict, voice: Voice) -> list[str]:
    """What the vocabulary has a sentence for is said by it; the office's own words are quoted."""
    own = worded(verdict)
    return [f"存在“{text}”问题" for text in own] or [voice.words.body(voice.words.key(verdict))]
