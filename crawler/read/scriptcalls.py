"""Requests that a page's own scripts make, as far as they can be told without running them.

`$.get('/a.json')`, `$.ajax({url: '/b?c=' + channelId, data: {…}})`, `fetch(`/d/${id}`)`, `xhr.open('GET', …)`: string
literals, numbers, their sums, and variables that the page sets to one of these; and scripts that are themselves data (JSONP).
What depends on anything else is left out.
"""

import re
from dataclasses import dataclass
from html import unescape
from itertools import islice
from typing import Final, Literal

MOST_SCRIPT: Final = 400_000
MOST_CALLS: Final = 60

_SCRIPT: Final = re.compile(r"<script\b([^<>]*)>(.*?)(?:</script\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_SOURCE: Final = re.compile(r"\bsrc\s*=\s*[\"']?([^\"'\s<>]{1,2000})", re.IGNORECASE)
_PADDED: Final = re.compile(r"[?&](?:json)?(?:callback|cb|jsonp)=", re.IGNORECASE)
_NOT_CODE: Final = re.compile(r"\btype\s*=\s*[\"']?text/(?!javascript|ecmascript)", re.IGNORECASE)
_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)|(?<![:\"'\w\\/])//[^\n]*", re.DOTALL)
_CALL: Final = re.compile(
    r"(?:\$|jQuery|axios|\$http|request|http|service|ajax)\s*\.\s*(?P<verb>get|post|getJSON|load)\s*\(\s*"
    r"|\$\([^()]{1,80}\)\s*\.\s*(?P<into>load)\s*\(\s*"
    r"|\bfetch\s*\(\s*"
    r"|\.open\s*\(\s*[\"'](?P<open>GET|POST)[\"']\s*,\s*"
    r"|(?<![\w.])[\"']?url[\"']?\s*:\s*",
    re.IGNORECASE,
)
_STRING: Final = re.compile(r"\"((?:[^\"\\\n]|\\.){0,2000})\"|'((?:[^'\\\n]|\\.){0,2000})'|`([^`]{0,2000})`")
_NAME: Final = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*")
_CLOCK: Final = re.compile(
    r"(?:\+?\s*new\s+Date(?:\(\))?(?:\.\w+\(\))*|Date\.now\(\)|Math\.random\(\)(?:\.\w+\(\w*\))*|_\.now\(\))"
)
_WRAP: Final = re.compile(r"(?:encodeURIComponent|encodeURI|String|escape)\s*\(\s*")
_NUMBER: Final = re.compile(r"-?\d{1,12}(?![\w.])")
_PLUS: Final = re.compile(r"\s*\)?\s*\+\s*")
_STOP: Final = re.compile(r"\s*(?:[,)};\n]|\Z|\?\s*\n)")
_CONSTANT: Final = rf"(?:{_STRING.pattern}|(-?\d{{1,12}})(?![\w.]))"
_HOLE: Final = re.compile(r"\$\{\s*([^{}]{1,80}?)\s*\}")
_METHOD: Final = re.compile(r"\b(?:type|method)[\"']?\s*:\s*[\"'](get|post)[\"']", re.IGNORECASE)
_DATA: Final = re.compile(r"\b(?:data|params)[\"']?\s*:\s*\{([^{}]{0,1500})\}")
_BARE_DATA: Final = re.compile(r"\s*,\s*\{([^{}]{0,1500})\}")
_PAIR: Final = re.compile(r"([\"']?)([\w$.\[\]]{1,60})\1\s*:\s*([^,]{0,300}?)\s*(?:,|\Z)")
_PAGE_NUMBER: Final = re.compile(r"(?i)page_?(?:no|num|number|index)?|current(?:_?page)?|p|_?pageno|pn|index")
_PAGE_SIZE: Final = re.compile(r"(?i)(?:_?page_?)?(?:size|rows|limit)|per_?page|rows?|num|n")
_REACH: Final = 900
_MOST_SCRIPTS: Final = 5_000
_MOST_NAMES: Final = 40

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One request: its address as written (it may be relative), `GET` or `POST`, and its parameters."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    params: Pairs = ()


def script_calls(text: str) -> list[Call]:
    """The requests in the scripts that stand in the page, in order, each once."""
    scripts = list(islice(_SCRIPT.finditer(text), _MOST_SCRIPTS))
    code = _code(scripts)
    values = _Values(code)
    found: dict[Call, None] = dict.fromkeys(_padded(scripts))
    for count, match in enumerate(_CALL.finditer(code)):
        if count > MOST_CALLS:
            break
        call = _call(code, match, values)
        if call is not None:
            found.setdefault(call)
    return list(found)


def _padded(scripts: list[re.Match[str]]) -> list[Call]:
    """Scripts whose source names the function that is to be called with the data (JSONP)."""
    sources = (_SOURCE.search(match[1]) for match in scripts)
    return [Call(unescape(source[1])) for source in sources if source and _PADDED.search(unescape(source[1]))][:MOST_CALLS]


def pairs_of(markup: str) -> dict[str, str]:
    """The plain members of an object literal, `{'webId':'a', "rows": 15}`; entities resolved, nested ones left out."""
    inner = unescape(markup).strip().strip("{}")
    made = {}
    for match in _PAIR.finditer(inner):
        value = match[3]
        string = _STRING.fullmatch(value)
        if string is not None:
            made[match[2]] = _literal(string)
        elif re.fullmatch(r"-?\d+|true|false|null", value):
            made[match[2]] = value
    return made


def _code(scripts: list[re.Match[str]]) -> str:
    parts, length = [], 0
    for match in scripts:
        if _NOT_CODE.search(match[1]):
            continue
        parts.append(match[2][: MOST_SCRIPT - length])
        length += len(parts[-1])
        if length >= MOST_SCRIPT:
            break
    return _COMMENT.sub("", "\n".join(parts))


class _Values:
    """What the page's variables are set to, looked up when asked for."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._known: dict[str, str | None] = {}

    def of(self, name: str) -> str | None:
        last = name.rpartition(".")[2]
        if last not in self._known:
            match = None
            if len(self._known) < _MOST_NAMES:
                match = re.search(rf"(?<![\w$]){re.escape(last)}[\"']?\s*(?:=(?!=)|:)\s*{_CONSTANT}", self._code)
            value = next((part for part in match.groups() if part is not None), None) if match else None
            self._known[last] = None if value is None or "${" in value else value
        return self._known[last]


def _call(code: str, match: re.Match[str], values: _Values) -> Call | None:
    told = _expression(code, match.end(), values)
    if told is None or not told[0].strip():
        return None
    url, end = told
    verb = (match["verb"] or match["into"] or match["open"] or "").lower()
    around = code[max(0, match.start() - 300) : match.start()].rpartition("ajax")[2] + code[end : end + _REACH]
    ahead = code[end : end + _REACH]
    named = _METHOD.search(around) if not verb else None
    method: Literal["GET", "POST"] = "POST" if verb == "post" or (named is not None and named[1].lower() == "post") else "GET"
    data = _BARE_DATA.match(ahead) if verb in ("get", "post", "getjson") else None
    if data is None and verb in ("", "get", "post"):
        data = _DATA.search(_until_next(ahead)) or (_DATA.search(around) if not verb else None)
    params = _params(data[1], values) if data else ()
    return None if params is None else Call(url.strip(), method, params)


def _until_next(ahead: str) -> str:
    following = _CALL.search(ahead)
    return ahead[: following.start()] if following else ahead


def _params(inner: str, values: _Values) -> Pairs | None:
    """The parameters, None where one is not known and is neither the page's number nor its size."""
    made = []
    for match in _PAIR.finditer(inner):
        told = _expression(match[3], 0, values)
        name = match[2]
        if told is not None:
            made.append((name, told[0]))
        elif _PAGE_NUMBER.fullmatch(name):
            made.append((name, "1"))
        elif _PAGE_SIZE.fullmatch(name):
            made.append((name, "15"))
        elif name not in ("success", "error", "callback") and match[3]:
            return None
    return tuple(made[:30])


def _expression(code: str, at: int, values: _Values) -> tuple[str, int] | None:
    """The value of the expression at `at` and its end; None where it is not known."""
    parts: list[str] = []
    for _ in range(20):
        told = _term(code, at, values)
        if told is None:
            return None
        parts.append(told[0])
        at = told[1]
        plus = _PLUS.match(code, at)
        if plus is None:
            return ("".join(parts), at) if _STOP.match(code, at) else None
        at = plus.end()
    return None


def _term(code: str, at: int, values: _Values) -> tuple[str, int] | None:
    wrap = _WRAP.match(code, at)
    if wrap:
        at = wrap.end()
    if clock := _CLOCK.match(code, at):
        return "1", clock.end()
    if string := _STRING.match(code, at):
        filled = _fill(_literal(string), values) if string[3] is not None else _literal(string)
        return None if filled is None else (filled, string.end())
    if number := _NUMBER.match(code, at):
        return number[0], number.end()
    if name := _NAME.match(code, at):
        value = values.of(name[0])
        return None if value is None else (value, name.end())
    return None


def _fill(template: str, values: _Values) -> str | None:
    for hole in set(_HOLE.findall(template)):
        value = "1" if _CLOCK.fullmatch(hole) else values.of(hole) if _NAME.fullmatch(hole) else None
        if value is None:
            return None
        template = re.sub(r"\$\{\s*" + re.escape(hole) + r"\s*\}", lambda _, value=value: value, template)  # type: ignore[misc]
    return template


def _literal(string: re.Match[str]) -> str:
    inner = string[1] or string[2] or string[3] or ""
    return inner.replace("\\/", "/").replace('\\"', '"').replace("\\'", "'")
