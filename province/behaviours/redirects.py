"""Redirects: in circles, to where nobody may go, to other hosts, and in raw GBK."""

from typing import Final
from urllib.parse import unquote_to_bytes

from province.answers import answer
from province.behaviours.case import Behaviour, Case

PARKED_HOST: Final = "www.yunling-old-portal.example"
PRIVATE: Final = (
    "http://10.77.{a}.{b}/",
    "http://192.168.{a}.{b}:8080/index.html",
    "http://172.16.{a}.{b}/",
    "http://169.254.169.254/latest/meta-data/{a}/{b}",
    "http://[fd00::{a}:{b}]/",
    "http://[::ffff:10.77.{a}.{b}]/",
)
"""Addresses nobody outside can reach; {a} and {b} differ from page to page."""
COOKIE: Final = "CT6T"
_LOOP: Final = "yl_from=wap"
_MARK: Final = "<location>"
_GBK_FOLDER: Final = "中文"


def _to(location: bytes, cookie: str = "", status: int = 302) -> bytes:
    """A redirect whose Location is any bytes."""
    extra = [("Set-Cookie", cookie)] if cookie else []
    plain = answer(status, b"<html><body>redirect</body></html>", [*extra, ("Location", _MARK)])
    return plain.replace(_MARK.encode(), location, 1)


def _away(case: Case, location: str) -> bytes:
    """For good or for now, as the page is drawn."""
    return _to(location.encode(), status=301 if case.draw("status") % 2 else 302)


def redirect_private(case: Case) -> bytes:
    bits = case.draw("private")
    return _away(case, PRIVATE[bits % len(PRIVATE)].format(a=bits // 64 % 250 + 1, b=bits // 65_536 % 250 + 1))


def unlooped(target: str) -> str:
    """`target` without the query that a redirect loop adds."""
    return target.removesuffix(f"?{_LOOP}").removesuffix(f"&{_LOOP}")


def redirect_loop(case: Case) -> bytes:
    """The page sends to itself with a query, and that back."""
    target = case.asked.target
    plain = unlooped(target)
    if plain != target:
        return _to(plain.encode("latin-1"))
    return _to(f"{target}{'&' if '?' in target else '?'}{_LOOP}".encode("latin-1"))


def gbk_path(column: int) -> bytes:
    return f"/{_GBK_FOLDER}/{column}.html".encode("gbk")


def gbk_target(target: str) -> int | None:
    """The number of the column that `target` (one character per byte, percent-escapes allowed) names, or None."""
    raw = unquote_to_bytes(target.encode("latin-1"))
    folder, _, name = raw.rpartition(b"/")
    if folder != f"/{_GBK_FOLDER}".encode("gbk"):
        return None
    digits = name.removesuffix(b".html")
    return int(digits) if digits.isdigit() else None


def location_gbk(case: Case) -> bytes:
    """A column goes to a path in GBK under which the same page stands; other pages answer as ever."""
    if case.column is None:
        return case.page.answer
    return _to(gbk_path(case.column.number))


def cookie_redirect(case: Case) -> bytes:
    if f"{COOKIE}=" in case.asked.headers.get("cookie", ""):
        return case.page.answer
    token = f"{case.draw('cookie'):016x}"
    return _to(case.asked.target.encode("latin-1"), f"{COOKIE}={token}; Path=/; HttpOnly")


BEHAVIOURS: Final[dict[str, Behaviour]] = {
    "redirect_loop": redirect_loop,
    "redirect_private": redirect_private,
    "redirect_registered": lambda case: _away(case, case.refuge or "/"),
    "redirect_parked": lambda case: _away(case, f"http://{PARKED_HOST}/"),
    "location_gbk": location_gbk,
    "cookie_redirect": cookie_redirect,
}
