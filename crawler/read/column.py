"""What the column calls itself, and what a block calls itself: the heading tells the column's list from its neighbours.

The column's name stands in the `ColumnName` meta tag, in the title before the site's name, and at the end of 当前位置. The
heading of a block is among the last short texts before it.
"""

import html
import re
from typing import Final

from crawler.read.links import plain
from crawler.read.words import holds

_META_NAMES: Final = (("olumn", ("ColumnName", "columnname", "columnName")), ("COLUMNNAME", ("COLUMNNAME",)))
_CONTENT: Final = re.compile(r"\bcontent\s*=\s*[\"']([^\"'<>]{2,40})", re.IGNORECASE)
_TITLE: Final = re.compile(r"<[tT][iI][tT][lL][eE]\b[^<>]*>([^<]{2,200})")
_PARTS: Final = re.compile(r"\s*(?:[-_|｜—–－>›»,，·•:：/\\<]|\s{2,}|--)+\s*|\s+")
_CRUMB_WORDS: Final = ("当前位置", "所在位置", "的位置", "位置：", "您现在", "当前栏目", "当前页面", "位置:")
_CRUMB_STOPS: Final = re.compile(r"</(?:div|td|p|ul|ol|h[1-6]|nav|dl|section)\b", re.IGNORECASE)
_TAG: Final = re.compile(r"<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)\s*>|<[^<>]*>", re.IGNORECASE | re.DOTALL)
_MARK: Final = re.compile(r"[\s>»›/\\|:：\[\]【】·•\-—–_~→＞≫《》]+")
_NOT_A_NAME: Final = re.compile(
    r"首页|网站首页|主页|home|列表|正文|栏目|内容|更多|more|详情|返回|当前位置|您的位置|政府网|门户网站|人民政府|官方网站|index|文章列表|信息列表|新闻列表",
    re.IGNORECASE,
)
_SKIPPED: Final = re.compile(
    r"更多.{0,3}|more.{0,3}|序号|标题|名称|文件名称|信息名称|信息标题|主题|单位|发布单位|发布机构|来源|作者|文号|发文字号|索引号|分类"
    r"|(?:发布|发文|成文|公开|生成|更新|公布)?(?:日期|时间)|点击(?:数|率|量)?|浏览(?:数|量|次数)?|排序|状态|操作|[0-9.\W_]*",
    re.IGNORECASE,
)
_SIDE_WORDS: Final = re.compile(
    r"热[点门]|推荐|最新|最近|排行|点击|相关|友情|快速|猜你|浏览|阅读|导读|焦点|头条|随机|本[周月日]|今日|关注|链接|公告栏|快讯|滚动|置顶|图[文片]"
)
_LONGEST_NAME: Final = 24
_HEAD: Final = 20_000
_LINKED: Final = "\x1e</a"
"""Text that ends a link, marked; white space to `re`."""
_ABOVE: Final = 1_200
_NODES: Final = 3


def column_names(text: str) -> frozenset[str]:
    """The names the column goes by, squeezed; empty where the page does not say."""
    names: set[str] = set()
    spelled = (name for part, names in _META_NAMES if text.find(part, 0, _HEAD) >= 0 for name in names)
    meta = next((at for at in (text.find(name, 0, _HEAD) for name in spelled) if at >= 0), -1)
    if meta >= 0:
        start = text.rfind("<", 0, meta)
        content = _CONTENT.search(text, start, text.find(">", meta) + 1)
        if content:
            names.update(_PARTS.split(html.unescape(content[1])))
    if title := _TITLE.search(text, 0, _HEAD):
        names.update(_PARTS.split(html.unescape(title[1]).strip())[:3])
    crumb = next(((text.find(word), word) for word in _CRUMB_WORDS if holds(text, word)), None)
    if crumb:
        names.update(_crumb_names(text, crumb[0] + len(crumb[1])))
    squeezed = (_MARK.sub("", name) for name in names)
    return frozenset(name for name in squeezed if 2 <= len(name) <= _LONGEST_NAME and not _NOT_A_NAME.search(name))


def headings(text: str, start: int) -> list[tuple[str, bool]]:
    """The last short texts before a position, nearest first, without table heads and 更多; and whether each is a link."""
    near = text[max(0, start - _ABOVE) : start]
    near = near[near.find(">") + 1 :]
    found: list[tuple[str, bool]] = []
    nodes = html.unescape(_TAG.sub("\x1f", near.replace("</a", _LINKED).replace("</A", _LINKED))).split("\x1f")
    for place in range(len(nodes) - 1, -1, -1):
        name = _MARK.sub("", nodes[place])
        if not name or _SKIPPED.fullmatch(name):
            continue
        if len(name) > _LONGEST_NAME:
            break
        found.append((name, nodes[place].endswith("\x1e")))
        if len(found) == _NODES:
            break
    return found


def heading_score(found: list[tuple[str, bool]], names: frozenset[str]) -> float:
    """10, 5, 3 where the nearest, second, third text is the column's name; -10 for 热点新闻 and the like; -3 for another."""
    if not found:
        return 0.0
    nearest, linked = found[0]
    if _SIDE_WORDS.search(nearest) and not any(nearest in name or name in nearest for name in names):
        return 0.0 if linked else -10.0
    for (heading, _), score in zip(found, (10.0, 5.0, 3.0), strict=False):
        if (
            heading in names
            or heading.removesuffix("列表") in names
            or (len(heading) >= 4 and any(heading in name for name in names))
        ):
            return score
    return -3.0 if names and not linked else 0.0


def page_title(text: str) -> str | None:
    """The content of <title>, cleaned."""
    title = _TITLE.search(text, 0, _HEAD)
    return (plain(title[1]) or None) if title else None


def _crumb_names(text: str, start: int) -> list[str]:
    """The last name behind 当前位置：首页 > 新闻中心 > 工作动态."""
    stop = _CRUMB_STOPS.search(text, start, start + 1_500)
    stretch = text[start : stop.start() if stop else start + 400]
    nodes = [_MARK.sub("", node) for node in re.split("[\x1f>›»]|&gt;", html.unescape(_TAG.sub("\x1f", stretch)))]
    nodes = [node for node in nodes if 2 <= len(node) <= _LONGEST_NAME and not _NOT_A_NAME.fullmatch(node)]
    return nodes[-1:]
