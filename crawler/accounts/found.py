"""What every account reader brings back."""

from dataclasses import dataclass

from crawler.records import AccountState, Flag, Item, ObservedBy, Outcome, Reading


@dataclass(frozen=True, slots=True)
class AccountFound:
    """reading: what the page says of the last update; account_state: what it says of the account.

    outcome, reason  what the page is instead of a post or a list (`crawler.outcomes` holds the reasons); None if it is one
    flags            `lower_bound`: one post was seen, the account may have newer ones
    """

    reading: Reading
    account_state: AccountState = "unknown"
    outcome: Outcome | None = None
    reason: str | None = None
    flags: tuple[Flag, ...] = ()
    items: tuple[Item, ...] = ()
    charset: str = "utf-8"
    text: str = ""
    title: str | None = None
    observed_by: ObservedBy = "public_http"
