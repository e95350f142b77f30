"""Rounds that go to a bridge instead of a site: each visit is one request, and never follows anything (newmedia.md §4).

A bridge's address and its token are known here from the settings alone. What goes back says `final_url` as the request's label
(`rsshub:/weibo/user/{id}`), no address, no validators, and nothing of the answer's own text but titles and dates.
"""

import logging
import time
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from crawler.accounts.bridges import BridgeAnswer, BridgeAsk, read_bridge
from crawler.accounts.bridgesettings import PREFIX, Bridges
from crawler.accounts.found import AccountFound
from crawler.fetch import Answer, Ask, Fetcher
from crawler.lag import LagMeter
from crawler.records import BEIJING, Account, Flag, Reading, Round, Sighting, Visit
from crawler.turns import Turns

DEADLINE_S: Final = 30.0
CAP: Final = 8 * 1024 * 1024
"""Feeds hold whole articles."""

_NO_ROUTE: Final = AccountFound(Reading("none"), "unknown", "not_observable", "no_bridge", observed_by="bridge_feed")
_log = logging.getLogger(__name__)


class BridgeCourse:
    """One round on its way through its bridge."""

    def __init__(self, fetcher: Fetcher, bridges: Bridges, round: Round, turns: Turns, lag: LagMeter) -> None:
        self._fetcher, self._bridges, self._turns, self._lag = fetcher, bridges, turns, lag
        self._number, self._name = round.number, round.host.removeprefix(PREFIX)

    def rest_s(self) -> float:
        """How long the bridge asks to be left alone."""
        return self._turns.retry_after_s

    def refused(self, visit: Visit, at_ms: int) -> Sighting | None:
        """The sighting of a visit that the bridge has no route for."""
        return self._sighting(visit, at_ms, _NO_ROUTE) if self._ask_of(visit) is None else None

    def crashed(self, visit: Visit, at_ms: int) -> Sighting:
        return Sighting(self._number, visit.number, at_ms, "internal", "crash", observed_by="bridge_feed")

    async def visit(self, visit: Visit, at_ms: int) -> Sighting:
        """Ask the bridge for one account, whose turn has come."""
        mark = self._lag.mark()
        ask = self._ask_of(visit)
        assert ask is not None
        answer = await self._fetcher.fetch(Ask(ask.url, deadline_s=DEADLINE_S, cap=CAP, headers=tuple(ask.headers.items())))
        self._turns.answered(answer)
        begun = time.perf_counter()
        try:
            found = read_bridge(ask, _told(answer), datetime.fromtimestamp(at_ms / 1000, BEIJING))
        except Exception as error:  # its message may hold what the answer or the request held
            _log.error("a bridge's answer could not be read: %s", type(error).__name__, extra={"target": visit.target})
            return self.crashed(visit, at_ms)
        read_s = time.perf_counter() - begun
        return self._sighting(visit, at_ms, found, ask, answer, read_s, self._lag.worst_since(mark))

    def _ask_of(self, visit: Visit) -> BridgeAsk | None:
        asked = self._bridges.asked_for(visit.target, visit.platform, visit.url)
        return asked.ask if asked is not None and asked.bridge == self._name else None

    def _sighting(
        self,
        visit: Visit,
        at_ms: int,
        found: AccountFound,
        ask: BridgeAsk | None = None,
        answer: Answer | None = None,
        read_s: float = 0.0,
        lag_s: float = 0.0,
    ) -> Sighting:
        made = Sighting(
            self._number,
            visit.number,
            at_ms,
            found.outcome or "ok",
            found.reason,
            final_url=ask.label if ask else None,
            attempts=0,
            requests=0,
            charset=found.charset if found.reading.newest else None,
            reading=found.reading,
            items=found.items,
            flags=found.flags if ask else (Flag("bridge", self._name),),
            account=Account(found.account_state),
            observed_by="bridge_feed",
        )
        return made if answer is None else _timed(made, answer, read_s, lag_s)


def _told(answer: Answer) -> BridgeAnswer:
    """The answer as a reader sees it; one that did not come whole is none: half a feed proves no silence."""
    if answer.status is None or answer.partial:
        return BridgeAnswer(None)
    return BridgeAnswer(answer.status, answer.body, answer.content_type)


def _timed(made: Sighting, answer: Answer, read_s: float, lag_s: float) -> Sighting:
    flags = made.flags
    if answer.outcome not in ("ok", "redirected") and made.reason == "bridge_sick":
        flags = (*flags, Flag("bridge_request", f"{answer.outcome}/{answer.reason}"))
    return replace(
        made,
        status=answer.status,
        elapsed_s=round(answer.elapsed_s, 4),
        phases=answer.phases,
        attempts=1,
        requests=answer.requests,
        bytes=len(answer.body),
        partial=answer.partial,
        tls=answer.tls,
        flags=flags,
        retry_after_s=answer.retry_after_s,
        read_s=read_s,
        lag_s=lag_s,
    )
