"""Does an observation say what a careful human would say? One sentence where it does not."""

from collections.abc import Mapping
from typing import Any


def disagreement(truth: Mapping[str, Any], observation: Mapping[str, Any]) -> str | None:
    """What is wrong with `observation` (a line of a journal) by its line of truth; None where nothing is.

    A date may be missing only where the states allow a reading without one; where there is a date it must be the true one, to
    the precision that was read, but at least the month.
    """
    outcome, reading = observation["outcome"], observation["reading"]
    state, newest = reading["state"], reading["newest"]
    why = f" ({truth['why']})"
    if outcome not in truth["outcomes"]:
        return f"outcome {outcome}/{observation['reason']}, allowed {'|'.join(truth['outcomes'])}{why}"
    if state not in truth["states"]:
        return f"state {state}, allowed {'|'.join(truth['states'])}{why}"
    if newest is not None and not (truth["newest"] or "").startswith(newest[:10]):
        return f"newest {newest} from {reading['source']} {reading['text']!r}, true {truth['newest']}{why}"
    if newest is None and truth["newest"] and state in ("list", "article", "feed") and outcome == "ok":
        return f"no date read, true {truth['newest']}{why}"
    account = observation["account"]
    if truth.get("account") and account and account["state"] not in truth["account"]:
        return f"account {account['state']}, allowed {'|'.join(truth['account'])}{why}"
    return None
