"""What the row of a site, a section or an account must look like."""

from collections.abc import Mapping
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

from register.cells import fold
from register.fields import read_address, read_level, read_own_code, read_site_code
from register.model import Subject, SubjectKind, Target, TargetKind
from register.options import Options, read_options
from register.pauses import read_pause
from register.rows import Row
from register.urls import Url
from register.vocabulary import account_platform, nearest

HOME_SUFFIX = "/@home"


class Entry(NamedTuple):
    """An accepted subject and its own address, if it has a readable one."""

    subject: Subject
    target: Target | None


class Refused(NamedTuple):
    """A row left out; `code` is the subject's, if it could be read: what belongs to it cannot be watched either."""

    code: str | None


class Owner(NamedTuple):
    """What the rows below a subject need to know of it. `place`: where its row stands."""

    kind: SubjectKind
    home: Url | None
    place: str


def read_site(row: Row) -> Entry | Refused:
    """A site: 网站标识码 and 级别 must be readable. An unreadable 首页网址 leaves out the home page, not the columns."""
    code = read_site_code(row, "code")
    if code is None:
        return Refused(None)
    level, known = read_level(row, code)
    options = read_options(row)
    if not known or options is None:
        return Refused(code)
    subject = Subject(
        code,
        "site",
        _name(row, code),
        row.maybe("unit"),
        row.maybe("short"),
        row.maybe("region"),
        level,
        row.maybe("platform"),
        None,
        read_pause(row),
    )
    home = read_address(row, "home", consequence="; the home page is not watched, the columns are")
    return Entry(subject, _own_target(subject, "home", code + HOME_SUFFIX, home, options))


def read_section(row: Row, owners: Mapping[str, Owner]) -> Entry | Refused:
    """A section: its own 专栏编号, and the 网站标识码 of a site in the register. It need not have a home page."""
    code = read_own_code(row, "code", forbidden="/")
    if not code:
        if code == "":
            row.bad("code", "missing", "give the section a code of its own")
        return Refused(None)
    site = read_site_code(row, "site")
    if site is None:
        return Refused(code)
    if site not in owners or owners[site].kind != "site":
        row.bad("site", "no site of the register has this code", known_code(row, site, owners, "site"))
        return Refused(code)
    level, known = read_level(row, site)
    options = read_options(row)
    if not known or options is None:
        return Refused(code)
    subject = Subject(
        code,
        "section",
        _name(row, code),
        row.maybe("unit"),
        row.maybe("short"),
        row.maybe("region"),
        level,
        row.maybe("platform"),
        site,
        read_pause(row),
    )
    base = owners[site].home
    home = None
    if row.maybe("home"):
        home = read_address(row, "home", base.url if base else None, "; the section's page is not watched, its columns are")
    return Entry(subject, _own_target(subject, "home", code + HOME_SUFFIX, home, options))


def read_account(row: Row) -> Entry | Refused:
    """An account: 类型, and 账号标识 or 网址. Without an address it is counted, but nothing can be watched."""
    code = read_own_code(row, "code")
    platform = row.maybe("platform")
    if code is None:
        return Refused(None)
    if platform is None:
        row.bad("platform", "missing", "write the platform, such as 微信订阅号, 新浪微博, 今日头条")
        return Refused(code or None)
    if account_platform(platform) is None and row.problems.first("platform", platform):
        row.note("platform", "a type of account that is not known here; kept as printed (said once)")
    level, known = read_level(row, "")
    options = read_options(row)
    if not known or options is None:
        return Refused(code or None)
    url = _account_url(row, code)
    if not code:
        if url is None:
            return Refused(None)
        code = account_code(platform, url.url)
    subject = Subject(
        code,
        "account",
        _name(row, code),
        row.maybe("unit"),
        row.maybe("short"),
        row.maybe("region"),
        level,
        platform,
        None,
        read_pause(row),
    )
    return Entry(subject, _own_target(subject, "account", code, url, options))


def account_code(platform: str, url: str) -> str:
    """The code of an account that was given none: 16 hexadecimal digits over its platform, however spelt, and address."""
    text = f"{account_platform(platform) or fold(platform)}\x1f{url}"
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def known_code(row: Row, code: str, owners: Mapping[str, Owner], kind: SubjectKind | None = None) -> str:
    """The mend for a code that no row of the register bears."""
    close = None
    if row.problems.may_guess():
        near = (known for known, owner in owners.items() if known[:4] == code[:4] and kind in (None, owner.kind))
        close = nearest(code, list(islice(near, 500)), 0.8)
    return f"write {close} if that is meant, or add the site's row" if close else "correct the code, or add the site's row"


def _account_url(row: Row, code: str) -> Url | None:
    if row.maybe("url") is None and code:
        row.note(
            "url", "no address: the account is counted, but cannot be watched", "write its home page or an article's address"
        )
        return None
    return read_address(row, "url", consequence="; the account cannot be watched")


def _name(row: Row, code: str) -> str:
    name = row.maybe("name")
    if name is None:
        row.mended("name", f"missing: shown as {code}", "write the name")
        return code
    return name


def _own_target(subject: Subject, kind: TargetKind, key: str, url: Url | None, options: Options) -> Target | None:
    if url is None:
        return None
    return Target(
        key,
        kind,
        subject.code,
        url.url,
        url.host,
        subject.name,
        unit=subject.unit,
        pace_s=options.pace_s,
        selector=options.selector,
        json_path=options.json_path,
        charset=options.charset,
        paused=subject.paused,
    )
