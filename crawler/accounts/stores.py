"""App shops: a shop's record tells a version and its day, which is no update of content (newmedia.md §2)."""

from typing import Any

from crawler.accounts.found import AccountFound
from crawler.read.document import Document
from crawler.read.entries import tell_time
from crawler.records import Flag, Reading, clean_text


def read_store(data: Any, doc: Document) -> AccountFound | None:
    """The record of a shop's look-up; None where `data` is none.

    A record is `not_observable` with the flag `app_version` (version and its day); none is `soft_404`/`app_not_in_store`.
    """
    count = data.get("resultCount") if isinstance(data, dict) else None
    if isinstance(count, bool) or not isinstance(count, int | str):
        return None
    results = data.get("results")
    record = results[0] if isinstance(results, list) and results and isinstance(results[0], dict) else None
    if record is not None and str(count) != "0":
        when = tell_time(record.get("currentVersionReleaseDate"), doc.now)
        words = f"{record.get('version', '')} {when.found.value if when.found else ''} {record.get('trackName', '')}"
        flags = (Flag("app_version", clean_text(words)),)
        return AccountFound(Reading("none"), "alive", "not_observable", "no_public_view", flags)
    if str(count) == "0" and results == []:
        flag = Flag("account_page", "the shop of this country has no such app")
        return AccountFound(Reading("none"), "unknown", "soft_404", "app_not_in_store", (flag,))
    return None
