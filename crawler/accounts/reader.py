"""One look at a new-media page, whatever its platform: a feed, an interface's answer, a WeChat page, another post.

What kind of page it is follows from the page, not from its host: bridges serve every platform from one address.
"""

from crawler.accounts.found import AccountFound
from crawler.accounts.wechat import is_wechat, read_wechat
from crawler.read import articles, feeds, payloads
from crawler.read.document import Document, open_document
from crawler.read.page import Page
from crawler.records import Flag, Reading

LOWER_BOUND = Flag("lower_bound", "one post; the account may have newer ones")


def read_account(page: Page) -> AccountFound:
    """What `page` says of an account. A page that is not understood gives `unknown`, never a guess; nothing is raised.

    An interface that refuses (`code` not 0, data missing) is `challenged`/`platform_refused`: it proves nothing.
    """
    return read_account_document(open_document(page), page)


def read_account_document(doc: Document, page: Page) -> AccountFound:
    """As `read_account`, for a page that is open already."""
    if feeds.is_feed(doc.text):
        reading, items, flags = feeds.read_feed(doc)
        return AccountFound(reading, "alive" if reading.newest else "unknown", flags=flags, items=items)
    if payloads.is_payload(doc.text, page.content_type):
        return _interface(doc, page)
    if is_wechat(doc):
        return read_wechat(doc)
    reading = articles.read_article(doc) or Reading("unknown")
    if reading.newest is None:
        return AccountFound(reading)
    return AccountFound(reading, "alive", flags=(LOWER_BOUND,))


def _interface(doc: Document, page: Page) -> AccountFound:
    reading, items, flags = payloads.read_payload(doc, page.rules)
    if reading.newest is None and any(flag.name == "api_error" for flag in flags):
        return AccountFound(reading, "unknown", "challenged", "platform_refused", flags)
    return AccountFound(reading, "alive" if reading.newest else "unknown", flags=flags, items=items)
