"""What a row of each of the office's tables must look like. A row that cannot be used is reported and None."""

from collections.abc import Callable, Mapping
from importlib.resources import files
from tomllib import loads
from typing import Any, Final, Literal, cast

import msgspec
from msgspec import Struct

from register.cells import fold
from register.inputcells import read_count, read_day, read_number_or_text, read_rate, read_rule, read_subject, read_word
from register.inputmodel import (
    Channel,
    Decision,
    Exemption,
    ManualFinding,
    Message,
    MessageFigures,
    MessageKind,
    Ranked,
    Ruling,
    Stated,
)
from register.problems import place
from register.rows import Row
from register.vocabulary import NO, YES, word_key

WORDS: Final[dict[str, Any]] = loads((files("register") / "inputs.toml").read_text("utf-8"))
_COUNTS: Final = ("received", "closed", "closed_on_time", "overdue", "units", "platforms")
_RATES: Final = ("on_time_rate", "closed_rate", "satisfaction_rate")


def _table(name: str) -> dict[str, str]:
    return {fold(word): key for key, words in WORDS[name].items() for word in (key, *words)}


CHANNELS: Final = _table("channels")
KINDS: Final = _table("kinds")
RULINGS: Final = _table("rulings")
RESULTS: Final = _table("results")


def read_finding(row: Row) -> ManualFinding | None:
    subject = read_subject(row)
    rule, problem = read_rule(row), row.maybe("problem")
    result, known = read_word(row, "result", RESULTS, needed=False)
    day, has_day = read_day(row, "day")
    mended, has_mended = read_day(row, "mended")
    if rule is None and problem is None:
        row.bad(
            "problem", "neither a problem nor a rule", "write the problem, such as 未提供有效互动功能, or the rule, such as N3"
        )
    if not (subject and known and has_day and has_mended) or (rule is None and problem is None):
        return None
    return ManualFinding(
        where=place(*row.where),
        subject=subject,
        rule=rule,
        result=cast("Literal['fail', 'pass']", result or "fail"),
        problem=problem,
        target=row.maybe("target"),
        url=row.maybe("url"),
        text=row.maybe("text"),
        author=row.maybe("author"),
        day=day,
        mended=mended,
    )


def read_figures(row: Row) -> MessageFigures | None:
    channel, known = read_word(row, "channel", CHANNELS)
    kind, kind_known = read_word(row, "kind", KINDS, needed=False)
    counts = {field: read_count(row, field) for field in _COUNTS}
    rates = {field: read_rate(row, field) for field in _RATES}
    read = {**counts, **rates}
    if not (known and kind_known and all(good for _, good in read.values())):
        return None
    values = {field: value for field, (value, _) in read.items()}
    if all(value is None for value in values.values()):
        row.bad("received", "a row without any figure", "write the numbers, or delete the row")
        return None
    received, closed, overdue = values["received"], values["closed"], values["overdue"]
    for field, part in (("closed", closed), ("overdue", overdue), ("closed_on_time", values["closed_on_time"])):
        if received is not None and part is not None and part > received:
            row.note(field, f"more than the {received} received", "correct one of the two")
    where, subject, unit = place(*row.where), read_subject(row, needed=False), row.maybe("unit")
    figures = MessageFigures(where, cast(Channel, channel), subject, unit, cast("MessageKind | None", kind))
    return msgspec.structs.replace(figures, **values)


def read_message(row: Row) -> Message | None:
    subject = read_subject(row)
    received, has_received = read_day(row, "received")
    answered, has_answered = read_day(row, "answered")
    channel, channel_known = read_word(row, "channel", CHANNELS, needed=False)
    kind, kind_known = read_word(row, "kind", KINDS, needed=False)
    if received is None and has_received:
        row.bad("received", "missing", "write the day the message came, as 2024-09-02")
    if answered is not None and received is not None and answered < received:
        row.bad("answered", f"before {received}, when the message came", "correct one of the two")
        return None
    if not (subject and received and has_answered and channel_known and kind_known):
        return None
    return Message(
        where=place(*row.where),
        subject=subject,
        received=received,
        answered=answered,
        channel=cast(Channel, channel or "replies"),
        kind=cast("MessageKind | None", kind),
        unit=row.maybe("unit"),
        number=row.maybe("number"),
        valid=_valid(row),
    )


def _valid(row: Row) -> bool:
    text = row.maybe("valid")
    if text is None or word_key(text) in YES:
        return True
    if word_key(text) in NO or "无效" in text:
        return False
    row.note("valid", "neither 是 nor 否: taken as valid", "write 是 or 否")
    return True


def read_exemption(row: Row) -> Exemption | None:
    subject, reason, author = read_subject(row), _said(row, "reason"), _said(row, "author")
    since, has_since = read_day(row, "since")
    until, has_until = read_day(row, "until")
    if since and until and until < since:
        row.bad("until", f"before {since}, when it begins", "correct one of the two")
        return None
    if not (subject and reason and author and has_since and has_until):
        return None
    if until is None and row.problems.first(*row.where[:2], "until"):
        row.note("until", "no end: such exemptions hold for ever (said once per table)", "write the last day, as 2024-12-31")
    return Exemption(place(*row.where), subject, reason, author, row.maybe("target"), read_rule(row), since, until)


def read_decision(row: Row) -> Decision | None:
    if not any(row.maybe(field) for field in ("ruling", "reason", "author")):
        row.note("ruling", "not decided yet: the row was passed over")
        return None
    subject, rule = read_subject(row, every=True), read_rule(row)
    ruling, known = read_word(row, "ruling", RULINGS)
    reason, author = _said(row, "reason"), _said(row, "author")
    day, has_day = read_day(row, "day")
    if rule is None:
        row.bad("rule", "missing", "write the rule that is decided, such as W4a")
    if not (subject and rule and known and reason and author and has_day):
        return None
    return Decision(place(*row.where), subject, rule, cast(Ruling, ruling), reason, author, row.maybe("target"), day)


def read_stated(row: Row) -> Stated | None:
    key, value = row.maybe("key"), read_number_or_text(row, "value")
    for field, cell in (("key", key), ("value", value)):
        if cell is None:
            row.bad(field, "missing", "write the figure's key, such as articles.site, and its value")
    if key is None or value is None:
        return None
    return Stated(place(*row.where), key, value, row.maybe("printed"))


def read_ranked(row: Row) -> Ranked | None:
    name, table, tier = row.maybe("name"), row.maybe("table"), row.maybe("tier")
    order, has_order = read_count(row, "order")
    if name is None:
        row.bad("name", "missing", "write the name of the site or unit")
    if name is None or not has_order:
        return None
    where = place(*row.where)
    return Ranked(where, table or "", name, tier, read_subject(row, needed=False), order)


def _said(row: Row, field: str) -> str | None:
    text = row.maybe(field)
    if text is None:
        row.bad(field, "missing", "write why, and who decided it: it is printed with the verdict")
    return text


READERS: Final[Mapping[str, Callable[[Row], Struct | None]]] = {
    "findings": read_finding,
    "figures": read_figures,
    "messages": read_message,
    "exemptions": read_exemption,
    "decisions": read_decision,
    "stated": read_stated,
    "ranked": read_ranked,
}
