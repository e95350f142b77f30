"""Is the page whose it should be? Its marks against the register. Pure.

The reader reports what a page says of itself (crawler/read/marks.py); only here is it known what it should say. A line carries
`identity_mismatch` where the two differ, and not the marks themselves: they are the same on every page of a site.
"""

from typing import Final

import msgspec

from crawler.records import ColumnPart, Flag, SubjectPart

MARKS: Final = frozenset({"site_id_code", "site_domain", "column_name", "icp"})

_subject = msgspec.json.Decoder(SubjectPart).decode
_column = msgspec.json.Decoder(ColumnPart).decode


def judge_identity(flags: tuple[Flag, ...], subject: bytes, part: bytes | None) -> tuple[Flag, ...]:
    """`flags` without the marks, and with `identity_mismatch` where one of them belongs to somebody else.

    subject and part: the subject and the column as observations carry them (JSON). A section may bear its site's code.
    """
    marks = {flag.name: flag.evidence for flag in flags if flag.name in MARKS}
    if not marks:
        return flags
    others = tuple(flag for flag in flags if flag.name not in MARKS)
    wrong: list[str] = []
    code = marks.get("site_id_code")
    if code is not None:
        owner = _subject(subject)
        if owner.kind != "account" and code not in (owner.code, owner.parent):
            wrong.append(f"SiteIDCode {code}")
    name = marks.get("column_name")
    if name is not None and part is not None:
        registered = _column(part).name
        if registered and not _alike(name, registered):
            wrong.append(f"ColumnName {name}, registered {registered}")
    return (*others, Flag("identity_mismatch", "; ".join(wrong)[:200])) if wrong else others


def _alike(told: str, registered: str) -> bool:
    """The same name, or one within the other: registers and templates shorten names."""
    one, other = "".join(told.split()), "".join(registered.split())
    return one in other or other in one
