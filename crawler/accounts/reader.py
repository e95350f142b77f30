"""One look at a new-media page: one reader per platform, all with one signature.

What a page is follows from the page first: a feed is a feed whoever serves it, and WeChat's pages bear marks of their own.
Only then does the platform (its type as the register prints it, else the shape of the address) say how to read on, and why
a page that shows nothing proves nothing. What each platform shows is `platforms.toml`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from msgspec.structs import replace as replace_fields

from crawler.accounts.found import AccountFound
from crawler.accounts.interfaces import held_data, read_interface, refused
from crawler.accounts.platforms import Platform, Reads, address_of, platform_named, platform_of
from crawler.accounts.states import gone_sign
from crawler.accounts.stores import read_store
from crawler.accounts.wechat import is_wechat, read_wechat
from crawler.read import articles, feeds, payloads
from crawler.read.column import page_title
from crawler.read.document import Document, open_document
from crawler.read.lists import read_selected
from crawler.read.page import Page
from crawler.records import Flag, Reading, clean_text

LOWER_BOUND: Final = Flag("lower_bound", "one post; the account may have newer ones")
Reader = Callable[[Document, Page, Platform], AccountFound]


def read_account(page: Page, printed: str | None = None) -> AccountFound:
    """What `page` says of an account. A page that is not understood gives `unknown`, never a guess; nothing is raised.

    printed  the account's type as the register prints it (`微信订阅号`); without it the address tells the platform

    An interface that refuses (`code` not 0, data missing) is `challenged`/`platform_refused`; a page of a platform that has
    no public view of updates is `not_observable` with its reason. Neither proves anything.
    """
    return read_account_document(open_document(page), page, printed)


def read_account_document(doc: Document, page: Page, printed: str | None = None) -> AccountFound:
    """As `read_account`, for a page that is open already."""
    platform = platform_of(page.url, printed)
    found = _of_any_form(doc, page, platform)
    return replace(found, charset=doc.charset) if found.reading.newest else _with_text(found, doc)


def unasked(printed: str | None, url: str | None) -> AccountFound | None:
    """What can be said of an account before anything is asked; None where its address is worth a request.

    Without an address a WeChat account needs a bridge or a report, a platform without public view a report.
    """
    platform = platform_of(url or "", printed)
    if url and platform.view != "none":
        return None
    if url and platform_named(printed) is None:
        return None
    return AccountFound(Reading("none"), "unknown", "not_observable", platform.unseen or "no_bridge")


def _with_text(found: AccountFound, doc: Document) -> AccountFound:
    """Whatever says nothing of its own is looked through for the marks of challenges and block pages later."""
    return replace(found, charset=doc.charset, text=doc.text, title=page_title(doc.text))


def _of_any_form(doc: Document, page: Page, platform: Platform) -> AccountFound:
    if feeds.is_feed(doc.text):
        return read_feed(doc)
    if payloads.is_payload(doc.text, page.content_type):
        return _answer(doc, page, platform)
    if page.rules is not None and page.rules.selector:
        selected = read_selected(doc, page)
        if selected.reading.newest:
            return AccountFound(selected.reading, "alive", flags=selected.flags, items=selected.items)
    if is_wechat(doc) and platform.view != "none":
        found = read_wechat(doc)
        if found.reading.newest or platform.reads in ("wechat", "page"):
            return found
    return READERS[platform.reads](doc, page, platform)


def read_feed(doc: Document) -> AccountFound:
    """A feed of any form. One without dated items proves nothing of the account."""
    reading, items, flags = feeds.read_feed(doc)
    return AccountFound(reading, "alive" if reading.newest else "unknown", flags=flags, items=items)


def _answer(doc: Document, page: Page, platform: Platform) -> AccountFound:
    """The answer of an interface: the platform's own form first, then whatever looks like a list."""
    data = payloads.parse_payload(doc.text)
    store = read_store(data, doc) if platform.reads in ("store", "page") else None
    if store is not None:
        return store
    if why := refused(data, platform):
        return _refusal(Reading("unknown"), (Flag("api_error", why),))
    own = None if page.rules and page.rules.json_path else read_interface(data, platform, doc)
    reading, items, flags = own or payloads.read_payload(doc, page.rules)
    if reading.newest is None and any(flag.name == "api_error" for flag in flags):
        return _refusal(reading, flags)
    if reading.newest is None and platform.unseen and platform.view in ("undated", "store", "none"):
        if reading.items:
            flags = (*flags, Flag("posts_seen", f"{reading.items} without times"))
        return AccountFound(reading, "alive" if reading.items else "unknown", "not_observable", platform.unseen, flags)
    return AccountFound(reading, "alive" if reading.newest else "unknown", flags=flags, items=items)


def _refusal(reading: Reading, flags: tuple[Flag, ...]) -> AccountFound:
    return AccountFound(reading, "unknown", "challenged", "platform_refused", flags)


def _read_wechat_page(doc: Document, page: Page, platform: Platform) -> AccountFound:
    return read_wechat(doc) if is_wechat(doc) else _read_page(doc, page, platform)


def _read_interface_page(doc: Document, page: Page, platform: Platform) -> AccountFound:
    """A web page of a platform: the list its scripts hold, or the one post it is."""
    for data in held_data(doc.text):
        listed = read_interface(data, platform, doc)
        if listed is not None and listed[0].newest:
            reading, items, flags = listed
            return AccountFound(replace_fields(reading, source="script"), "alive", flags=flags, items=items)
    address = address_of(page.url)
    if address is None or address.kind == "post":
        return _read_page(doc, page, platform)
    return _read_nothing(doc, page, platform)


def _read_page(doc: Document, page: Page, platform: Platform) -> AccountFound:
    """One post: a lower bound of the account's last update."""
    reading = articles.read_article(doc) or Reading("unknown")
    if reading.newest is None:
        return _read_nothing(doc, page, platform, reading)
    return AccountFound(reading, "alive", flags=(LOWER_BOUND,))


def _read_nothing(doc: Document, page: Page, platform: Platform, reading: Reading | None = None) -> AccountFound:
    """A page that shows no update: what it says instead, why the platform shows none, or `unknown`."""
    sign = gone_sign(doc.text, doc.url, platform.family)
    if sign is not None:
        return AccountFound(Reading("none"), sign.state, sign.outcome, sign.name, (Flag("account_page", sign.what),))
    if platform.unseen is not None:
        title = clean_text(page_title(doc.text) or "")
        flags = (Flag("page_title", title),) if title else ()
        return AccountFound(Reading("none"), "unknown", "not_observable", platform.unseen, flags)
    return AccountFound(reading or Reading("unknown"))


READERS: Final[Mapping[Reads, Reader]] = {
    "wechat": _read_wechat_page,
    "interface": _read_interface_page,
    "store": _read_nothing,
    "page": _read_page,
    "nothing": _read_nothing,
}
