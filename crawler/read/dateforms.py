"""The writings of a date as data: one regular expression per writing (page-conventions.md §4), named groups for its parts.

Groups: y m d = year, month, day; yy = two-digit year; hh mi ss = time; ap = 上午/下午; zone; month = English name;
ny nm nd = Chinese numerals; ago unit = relative; word = a relative word. `\\x1f` stands for a tag between two text nodes.
"""

import re
from itertools import product
from typing import Final, Literal

_GAP: Final = r"[\s\x1f\u3000]*+"
_YEAR: Final = r"(?<![0-9A-Za-z])(?<![0-9][-./])(?P<y>199[0-9]|20[0-9][0-9])"
_MONTH: Final = r"(?P<m>1[0-2]|0?[1-9])"
_DAY: Final = r"(?P<d>3[01]|[12][0-9]|0?[1-9])"
_ZONE: Final = r"(?:\.[0-9]{1,9})?(?:\s?(?P<zone>Z|[+-][01][0-9]:?[0-9]{2})(?![0-9]))?"
_CLOCK: Final = (
    r"(?P<hh>2[0-3]|[01]?[0-9])\s*+[:：∶时點点]\s*+(?P<mi>[0-5]?[0-9])"
    r"(?:\s*+[:：∶分]\s*+(?P<ss>[0-5]?[0-9])(?![0-9])秒?|分)?(?![0-9])"
)
_TIME: Final = (
    r"(?:(?:[\s\x1f,，T(（)）-]|(?P<week>(?:星期|周)[一二三四五六日天]))*(?P<ap>上午|下午|[AP]M)?\s*+" + _CLOCK + _ZONE + ")?"
)
_SHORT_TIME: Final = r"(?:[\s\x1f]*" + _CLOCK + ")?"
_NO_MORE: Final = r"(?![0-9])(?![-/.][0-9])"
_RANGE: Final = r"(?!\s*(?:[至到~～]|—{1,2}|--)\s*[0-9一二三四五六七八九十])"
_HAN: Final = "〇○ＯO零一二三四五六七八九"
_ENGLISH: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_EDGE: Final = r"(?<![0-9A-Za-z_./\-])"

FULL: Final = re.compile(
    _YEAR + _GAP + r"(?P<sep>[-/.—–_‑])" + _GAP + _MONTH + _GAP + r"(?P=sep)" + _GAP + _DAY
    + r"(?![0-9])(?![/.][0-9])(?!-[0-9]{3})(?!-[0-9]{1,2}(?![0-9:：∶]))" + _RANGE + _TIME
)  # fmt: skip
HAN: Final = re.compile(
    _YEAR + _GAP + "年" + _GAP + _MONTH + _GAP + "月" + _GAP + _DAY + _GAP + "[日号號]?+(?![0-9])" + _RANGE + _TIME
)
HAN_MONTH: Final = re.compile(_YEAR + _GAP + "年" + _GAP + _MONTH + _GAP + r"月(?!\s*[0-9一二三四五六七八九十])" + _RANGE)
NUMERALS: Final = re.compile(
    f"(?P<ny>[二一][{_HAN}]{{3}}){_GAP}年{_GAP}(?P<nm>[元正]|十?[一二]|[三四五六七八九十]){_GAP}月{_GAP}"
    f"(?:(?P<nd>三?十一?|廿[一二三四五六七八九]?|二?十[一二三四五六七八九]?|初?[一二三四五六七八九十]){_GAP}[日号號])?"
)
COMPACT: Final = re.compile(
    _EDGE + r"(?P<y>199[0-9]|20[0-9]{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12][0-9]|3[01])"
    r"(?:\s?(?P<hh>[01][0-9]|2[0-3])(?P<mi>[0-5][0-9])(?P<ss>[0-5][0-9])?|\s(?P<hh2>[01]?[0-9]|2[0-3]):(?P<mi2>[0-5][0-9]))?"
    r"(?![0-9A-Za-z_\-/.])"
)
AMERICAN: Final = re.compile(
    _EDGE + r"(?P<m>1[0-2]|0?[1-9])(?P<sep>[-/.])(?P<d>3[01]|[12][0-9]|0?[1-9])(?P=sep)(?P<y>199[0-9]|20[0-9]{2})"
    + _NO_MORE + _TIME
)  # fmt: skip
EUROPEAN: Final = re.compile(
    _EDGE + r"(?P<d>3[01]|2[0-9]|1[3-9])(?P<sep>[-/.])(?P<m>1[0-2]|0?[1-9])(?P=sep)(?P<y>199[0-9]|20[0-9]{2})"
    + _NO_MORE + _TIME
)  # fmt: skip
ENGLISH_MDY: Final = re.compile(
    rf"\b(?P<month>{_ENGLISH})\.?[\s\x1f]+{_DAY}(?:st|nd|rd|th)?,?[\s\x1f]+(?P<y>199[0-9]|20[0-9]{{2}})(?![0-9])" + _TIME,
    re.IGNORECASE,
)
ENGLISH_DMY: Final = re.compile(
    rf"(?<![0-9]){_DAY}(?:st|nd|rd|th)?[\s\x1f-]+(?P<month>{_ENGLISH})\.?,?[\s\x1f-]+(?P<y>199[0-9]|20[0-9]{{2}})(?![0-9])"
    r"(?:[\s\x1f,T]*(?P<hh>2[0-3]|[01]?[0-9]):(?P<mi>[0-5][0-9])(?::(?P<ss>[0-5][0-9]))?"
    r"(?:\s?(?P<zone>Z|GMT|UTC|CST|[+-][01][0-9]:?[0-9]{2}))?)?",
    re.IGNORECASE,
)
ENGLISH_CTIME: Final = re.compile(
    rf"\b(?P<month>{_ENGLISH})\s+{_DAY}\s+(?P<hh>2[0-3]|[01]?[0-9]):(?P<mi>[0-5][0-9]):(?P<ss>[0-5][0-9])"
    r"\s+(?:(?P<zone>GMT|UTC|CST)\s+)?(?P<y>199[0-9]|20[0-9]{2})(?![0-9])",
    re.IGNORECASE,
)

# Only where the whole cell is the date: in running text these would be guesses.
MONTH: Final = re.compile(_YEAR + _GAP + "[-/.年]" + _GAP + _MONTH + _GAP + r"月?(?![0-9])")
DAY_BEFORE: Final = re.compile(
    r"(?<![0-9:：.\-/])" + _DAY + r"日?[\s\x1f/]*[\s\x1f/](?P<y>199[0-9]|20[0-9]{2})" + _GAP + "[-/.年]" + _GAP
    + _MONTH + r"(?![0-9])(?:\s*月)?" + _RANGE
)  # fmt: skip
DAY_AFTER: Final = re.compile(
    _YEAR + _GAP + "[-/.年]" + _GAP + _MONTH + r"(?:\s*月)?[\s\x1f/\-]*[\s\x1f/\-月]" + _DAY + "日?"
    + r"(?![0-9:：])(?![-/.][0-9])"
)  # fmt: skip
RUN_MONTH_DAY: Final = re.compile(
    _YEAR + r"(?P<m>0[1-9]|1[0-2])[\s\x1f]*[\s\x1f/\-][\s\x1f]*(?P<d>3[01]|[12][0-9]|0?[1-9])(?![0-9])"
)
YEAR_AFTER: Final = re.compile(
    r"(?<![0-9:：.\-/])" + _MONTH + _GAP + "[-/.月]" + _GAP + _DAY
    + r"(?![0-9])日?[\s\x1f/]*[\s\x1f/](?P<y>199[0-9]|20[0-9]{2})年?(?![0-9])"
)  # fmt: skip
YEAR_BEFORE: Final = re.compile(
    _YEAR + r"年?[\s\x1f/]*[\s\x1f/年]" + _MONTH + _GAP + "[-/.月]" + _GAP + _DAY + "日?(?![0-9:：])" + _SHORT_TIME
)
DAY_MONTH_YEAR: Final = re.compile(
    r"(?<![0-9:：.\-/])" + _DAY + r"[\s\x1f]*\x1f[\s\x1f]*" + rf"(?P<month>{_ENGLISH})[\s\x1f,.]*(?P<y>199[0-9]|20[0-9]{{2}})",
    re.IGNORECASE,
)
TWO_DIGIT: Final = re.compile(
    _EDGE + r"(?P<yy>[0-9]{2})(?P<sep>[-/.])(?P<m>0[1-9]|1[0-2])(?P=sep)(?P<d>0[1-9]|[12][0-9]|3[01])"
    + _NO_MORE + _SHORT_TIME
)  # fmt: skip
SHORT: Final = re.compile(
    r"(?<![0-9A-Za-z_./:：\-])(?P<m>1[0-2]|0[1-9])" + _GAP + "[-/.]" + _GAP + "(?P<d>3[01]|[12][0-9]|0[1-9])" + _NO_MORE
    + _SHORT_TIME
    + "|" + r"(?<![0-9年])(?P<m2>1[0-2]|0?[1-9])" + _GAP + "月" + _GAP + r"(?P<d2>3[01]|[12][0-9]|0?[1-9])" + _GAP
    + r"[日号]?(?![0-9])(?:[\s\x1f]*(?P<hh2>2[0-3]|[01]?[0-9])[:：∶](?P<mi2>[0-5][0-9]))?"
)  # fmt: skip
AGO: Final = re.compile(
    r"(?P<ago>[0-9]{1,3}|[一二两三四五六七八九十])\s*个?\s*(?P<unit>秒钟?|分钟?|小时|钟头|天|日|星期|周|月)\s*(?:以)?前"
)
WORD: Final = re.compile(r"(?P<word>刚刚|刚才|今天|今日|昨天|昨日|前天|前日)(?:[\s\x1f]*" + _CLOCK + ")?")

Need = Literal["year", "letters", "nian", "words", "digits"]
_NEEDS: Final[tuple[Need, ...]] = ("year", "letters", "nian", "words")
"""What a text must have for a form to be tried: a year, a year and a word in Latin letters, 年, 前 or 今天; any text."""
_Needing = tuple[Need, re.Pattern[str]]
Forms = tuple[re.Pattern[str], ...]

_RUNNING: Final[tuple[_Needing, ...]] = (
    ("year", FULL), ("year", HAN), ("year", HAN_MONTH), ("nian", NUMERALS), ("year", COMPACT), ("year", AMERICAN),
    ("year", EUROPEAN), ("letters", ENGLISH_MDY), ("letters", ENGLISH_DMY), ("letters", ENGLISH_CTIME),
)  # fmt: skip
_CELL: Final[tuple[_Needing, ...]] = (
    ("year", FULL), ("year", HAN), ("year", YEAR_BEFORE), ("year", DAY_BEFORE), ("year", DAY_AFTER), ("year", RUN_MONTH_DAY),
    ("year", YEAR_AFTER), ("nian", NUMERALS), ("year", COMPACT), ("year", AMERICAN), ("year", EUROPEAN),
    ("letters", ENGLISH_MDY), ("letters", ENGLISH_DMY), ("letters", ENGLISH_CTIME), ("letters", DAY_MONTH_YEAR),
    ("digits", TWO_DIGIT), ("year", MONTH), ("digits", SHORT), ("words", AGO), ("words", WORD),
)  # fmt: skip


def _by_need(table: tuple[_Needing, ...]) -> dict[tuple[bool, ...], Forms]:
    return {
        has: tuple(form for need, form in table if need == "digits" or has[_NEEDS.index(need)])
        for has in product((False, True), repeat=len(_NEEDS))
    }


RUNNING: Final = _by_need(_RUNNING)
"""Writings that are a date wherever they stand, by what a text has (`needs_of`)."""

EDGE: Final = _by_need((*_RUNNING, ("digits", SHORT)))
"""Writings that are a date at the edge of a text node."""

CELL: Final = _by_need(_CELL)
"""Writings that are a date when they fill a cell; tried in this order."""

_ANY_YEAR: Final = re.compile(r"199[0-9]|20[0-9]{2}")
_LETTERS: Final = re.compile(r"[a-zA-Z]{3}")
_SPOKEN: Final = re.compile(r"[前刚今昨]")


def needs_of(text: str) -> tuple[bool, ...]:
    """Whether a text, full-width characters narrowed, has a year, a year and letters, 年, or words such as 今天."""
    year = _ANY_YEAR.search(text) is not None
    return year, year and _LETTERS.search(text) is not None, "年" in text, _SPOKEN.search(text) is not None


SPLIT: Final = (DAY_BEFORE, DAY_AFTER, RUN_MONTH_DAY, YEAR_AFTER, YEAR_BEFORE, DAY_MONTH_YEAR)
"""Writings broken over blocks: only trusted where tags stand between their parts."""

_MONTH_NAMES: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS: Final = {name: n for n, name in enumerate(_MONTH_NAMES, start=1)}
NUMERAL: Final = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "Ｏ": 0, "O": 0, "两": 2}
DAYS: Final = {"天": 1, "日": 1, "星期": 7, "周": 7}
MINUTES: Final = {"分": 1, "分钟": 1, "小时": 60, "钟头": 60}
WORD_DAYS: Final = {"刚刚": 0, "刚才": 0, "今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2, "前日": 2}

FULL_WIDTH: Final = str.maketrans(
    "０１２３４５６７８９－／．：　【】［］（）\u00a0\u2010\u2011\u2212", "0123456789-/.: [][]() ---"
)
"""One character for one, so that positions hold."""

BEFORE_REFUSED: Final = re.compile(
    r"(?:电话|传真|手机|热线|版本|邮编|编号|文号|索引号|证号|账号|帐号|[Vv]ersion|[Vv]er\.?|[Tt]el|QQ)[:：\s]*$"
    r"|[0-9日号]\s*(?:[至到~～]|—{1,2}|--)\s*$"
)
"""What a number after these words is, it is not a date."""

LABEL: Final = re.compile(
    r"(?:信息)?(?:发布|发表|发文|公布|公开|公示|更新|录入|编辑|上传|刊发|登载|添加|提交|回复|答复|创建|生成|成文|印发|签发|来稿|投稿|时间|日期|提问|受理|办结|办理|写信|来信)*"
    r"(?:时间|日期|日|于|Date|Time|date|time)?[:：\s]*$"
)
JUNK: Final = re.compile(
    r"[\s\x1f\[\](){}<>【】〔〕「」|｜·•●▪■◆★*#,，;；:：.。、/\\\-—–_~\"'“”‘’&>›»«]+|&nbsp;|&gt;|&raquo;|星期[一二三四五六日天]|周[一二三四五六日天]|\b(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\b"
)
