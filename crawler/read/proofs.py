"""What an answer without rows proves: that its list is empty, that it reports an error, or nothing."""

from typing import Any

from crawler.read import payloadkeys as keys
from crawler.read.shapes import MOST_DEPTH, norm


def proves_blank(data: Any) -> bool:
    """Does an object say a total of 0 beside an empty list, and does no list anywhere hold a row?"""
    proved = False
    stack = [(data, 0)]
    while stack:
        value, depth = stack.pop()
        if depth > MOST_DEPTH:
            return False
        if isinstance(value, list):
            if value:
                return False
        elif isinstance(value, dict):
            totals = [inner for name, inner in value.items() if norm(name) in keys.TOTALS and isinstance(inner, int | str)]
            zero = [str(total).strip() == "0" and total is not False for total in totals]
            empty = any(norm(name) in keys.ROWS and (inner in ([], "", None, {})) for name, inner in value.items())
            if zero and not all(zero):
                return False
            proved = proved or (bool(zero) and empty)
            stack.extend((inner, depth + 1) for inner in value.values() if isinstance(inner, dict | list))
    return proved


def error_of(data: Any) -> str | None:
    """The message of an answer that reports an error, else None."""
    if not isinstance(data, dict):
        return None
    if not any(_bad(norm(name), str(value).lower()) for name, value in data.items() if isinstance(value, int | str)):
        return None
    message = next((data[n] for n in ("message", "msg", "errmsg", "error", "info") if isinstance(data.get(n), str)), "")
    return message or "error"


def _bad(name: str, said: str) -> bool:
    """Does this field say that the request failed?"""
    if name in ("success", "issuccess", "ok"):
        return said in ("false", "0", "-100", "fail", "no")
    if name == "status":
        return said in ("error", "fail", "failed", "false", "400", "401", "403", "404", "500")
    return name in keys.CODES and said not in keys.GOOD_CODES
