"""One round on its way through a crawler, whichever way it came: what every carrier does with it."""

import asyncio
import logging
from collections.abc import Callable

from crawler.records import Handover, Round, RoundEnd, Sighting
from crawler.visit import Crawler
from scheduler.dispatch import Receive, RoundLost

_log = logging.getLogger(__name__)


async def carry(crawler: Crawler, round: Round, receive: Receive, cut_short: Callable[[], bool], age_s: float = 0.0) -> None:
    """Make `round`, begun `age_s` seconds ago, and hand on what comes of it.

    It ends with a RoundEnd, or with RoundLost where the crawler itself fails. Cancelled, it ends with a RoundEnd that leaves
    what was not finished, if `cut_short()` says that a stop is the reason; else without a word.
    """
    left = {visit.number: None for visit in round.visits}
    try:
        async for message in crawler.run(round, age_s):
            if isinstance(message, Sighting | Handover):
                left.pop(message.number, None)
            receive(message)
    except asyncio.CancelledError:
        if cut_short():
            receive(RoundEnd(round.number, tuple(left), slots_used=len(round.slots)))
        raise
    except Exception:
        _log.exception("round %d of %s failed", round.number, round.host)
        receive(RoundLost(round.number))
