"""What new-media pages say when they are not posts: deleted, private, closed, moved, gated (newmedia.md §3). Data."""

import tomllib
from importlib.resources import files
from typing import Final, Literal

import msgspec

from crawler.records import AccountState
from crawler.visible import MOST_TEXT, visible_text


class StateSign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of `states.toml`, whose head says what each field asks."""

    name: str
    state: AccountState
    outcome: Literal["challenged", "soft_404", "inconclusive"]
    what: str
    where: tuple[str, ...] = ("wechat",)
    phrases: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    statuses: tuple[int, ...] = ()

    def holds_for(self, family: str) -> bool:
        return family in self.where or "any" in self.where


def _load() -> tuple[StateSign, ...]:
    text = files("crawler").joinpath("accounts/states.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text)["state"], tuple[StateSign, ...])


STATE_SIGNS: Final = _load()


def gone_sign(text: str, url: str = "", family: str = "wechat") -> StateSign | None:
    """The first sign that fits a page without a post in it; None where its words are unknown. `url`: the final one."""
    seen = visible_text(text[:400_000]).replace("帐", "账")
    if len(seen) > MOST_TEXT:
        return None
    for sign in STATE_SIGNS:
        if sign.holds_for(family) and (
            any(phrase in seen for phrase in sign.phrases) or any(mark in text or mark in url for mark in sign.marks)
        ):
            return sign
    return None


def status_sign(status: int, family: str) -> StateSign | None:
    """The sign of an answer whose status a platform gives a meaning of its own; None where it has the usual one."""
    return next((sign for sign in STATE_SIGNS if status in sign.statuses and sign.holds_for(family)), None)
