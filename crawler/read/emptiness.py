"""Proof that a column is empty.

Empty needs positive proof (indicators.md §6, page-conventions.md §5): a shown 暂无内容 or 共0条 in the content area of a page
that has no rows there and no script that might still bring them. Words in scripts, comments and hidden blocks prove nothing.
"""

import re
from collections.abc import Iterator
from typing import Final

from crawler.read.column import column_names, heading_score, headings
from crawler.read.outline import Outline, outline
from crawler.read.place import against, is_hidden

EMPTY_WORDS: Final = re.compile(
    r"(?:(?:该|本|此|当前)?(?:栏目|列表|页面|频道|分类)?(?:下)?(?:暂时?|尚|还)(?:没有|无|未有)(?:任何|相关|有关|更多)?(?:的)?"
    r"(?:内容|数据|信息|资料|记录|文章|资讯|新闻|公告|文件|文档|结果))"
    r"|(?:没有|无)(?:找到|查询到|查到|检索到|搜索到)?(?:任何|相关|符合条件的?|匹配的?)(?:内容|数据|信息|资料|记录|文章|结果)"
    r"|内容(?:正在)?(?:更新|整理|完善)中(?:[，,]敬请期待)?|敬请期待"
)
_NOT_PROOF: Final = re.compile(r"更新中|整理中|完善中|敬请期待")
"""An announcement of contents to come: the list is empty today, but a person must judge what it means."""
_TAGS: Final = r"\s*(?:<[^<>]{0,200}>\s*)*"
EMPTY_COUNTS: Final = re.compile(
    rf"[共总合记](?:(?<=共)\s*有?{_TAGS}0{_TAGS}(?:条|篇|项|个)"
    r"|(?:(?<=总)(?:(?:记录|条)?数|共)|(?<=合)计|(?<=记)录数)"
    rf"\s*(?:为|是)?\s*[:：]?{_TAGS}0(?![0-9.]){_TAGS}(?:条|篇|$|<|\s))"
)
"""共0条, 总记录数：0; one set of first characters, so that `re` runs over all others at memory speed."""
_QUERY_ZERO: Final = re.compile(r"<[^<>]*\bqueryData\s*=\s*(?:\"[^\"]*\"|'[^']*')[^<>]*>", re.IGNORECASE)
_COUNT_ZERO: Final = re.compile(r"\bcount\s*=\s*[\"']?0[\"'\s>]")
_TOTAL_ZERO: Final = re.compile(r"\btotalRecord\s*[:=]\s*[\"']?0(?![0-9])", re.IGNORECASE)

_ZERO_PAGES: Final = re.compile(
    r"createPageHTML\s*\(\s*[\"']?0[\"']?\s*,|\b(?:totalRecords?|recordCount|totalCount|total_count)\s*[:=]\s*[\"']?0(?![0-9])",
    re.IGNORECASE,
)
_ZERO_HINTS: Final = ("createpagehtml", "totalrecord", "recordcount", "totalcount", "total_count")
_WORD_HINT: Final = re.compile("[无没]|未有|[更整完][新理善]中|敬请期待")
"""What no proof is without, found ten times as fast as the proof itself."""
_LONGEST_BEGINNING: Final = 12
_REACH: Final = 40
_EMPTY_BOX: Final = re.compile(
    r"<(ul|ol|dl|tbody|table|div)\b[^<>]*>\s*(?:<(ul|ol|tbody)\b[^<>]*>\s*</\2>\s*)?</\1>", re.IGNORECASE
)
_BOX_BEFORE: Final = 1_200

_LEAST_PAGE: Final = 1_000
_LEAST_BLOCK: Final = 200
_LONG_LINK: Final = re.compile(r"<a\b[^<>]*>\s*(?:<[^<>]*>\s*)*[^<>\s][^<>]{11,}", re.IGNORECASE)


def proof_of_empty(text: str, dialect: str | None) -> str | None:
    """The words or the count that prove a column empty, or None. `dialect`: the script that might still fill it."""
    lowered = text.lower()
    if "querydata" in lowered and (attribute := _QUERY_ZERO.search(text)) and _COUNT_ZERO.search(attribute[0]):
        return "count=0"
    if (
        "totalrecord" in lowered
        and (total := _TOTAL_ZERO.search(text))
        and re.search(r"dataproxy\.jsp|<recordset>|<datastore>", text, re.IGNORECASE)
    ):
        return total[0]
    if len(text) < _LEAST_PAGE or dialect:
        return None
    if any(word in lowered for word in _ZERO_HINTS) and (zero := _zero_pages(text)) is not None:
        return zero
    found = [(m.start(), m[0]) for m in (*EMPTY_COUNTS.finditer(text), *words_in(text))]
    found = [(at, word) for at, word in sorted(found)[:40] if not _NOT_PROOF.search(word)]
    if not found:
        return None
    outlined = outline(text, [at for at, _ in found])
    names = column_names(text)
    for (at, word), number in zip(found, outlined.at, strict=True):
        if number < 0 or _in_tag(text, at):
            continue
        tags = [outlined.tag(n) for n in (number, *outlined.ancestors(number))]
        if is_hidden(tags) or against(tags)[0] < 0:
            continue
        if heading_score(headings(text, at), names) >= 5 or _bare(text, outlined, number):
            return re.sub(r"<[^>]*>|\s+", "", word)
    return None


def words_in(text: str) -> Iterator[re.Match[str]]:
    """What `EMPTY_WORDS` finds in a text: looked for only around the words that each of its writings holds."""
    start = end = -1
    for hint in _WORD_HINT.finditer(text):
        at = hint.start()
        if at - _LONGEST_BEGINNING > end:
            if end >= 0:
                yield from EMPTY_WORDS.finditer(text, start, end)
            start = max(at - _LONGEST_BEGINNING, 0)
        end = at + _REACH
    if end >= 0:
        yield from EMPTY_WORDS.finditer(text, start, end)


def _zero_pages(text: str) -> str | None:
    """A pager that counts no page or no record, behind an empty list: TRS and its like print both for an empty column."""
    for zero in _ZERO_PAGES.finditer(text):
        boxes = list(_EMPTY_BOX.finditer(text, max(0, zero.start() - _BOX_BEFORE), zero.start()))
        if boxes and not _LONG_LINK.search(text, boxes[-1].end(), zero.start()):
            return re.sub(r"\s+", "", zero[0])
    return None


def _bare(text: str, outlined: Outline, number: int) -> bool:
    """Whether the block a word stands in, taken large enough to be a list's place, holds no link to an article."""
    while outlined.end[number] - outlined.start[number] < _LEAST_BLOCK and outlined.parent[number] > 0:
        number = outlined.parent[number]
    return not _LONG_LINK.search(text, outlined.start[number], outlined.end[number])


def _in_tag(text: str, at: int) -> bool:
    return text.rfind("<", max(0, at - 1000), at) > text.rfind(">", max(0, at - 1000), at)
