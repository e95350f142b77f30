"""Does an observation say what a careful human would say? One sentence where it does not."""

from collections.abc import Collection, Mapping
from typing import Any, Final

ACCUSING: Final = frozenset({"identity_mismatch", "foreign_host", "spam_words", "hidden_links", "parked_text"})
"""Flags that say something ill of a page: where the truth tells flags and not these, they are false."""
HISTORY: Final = frozenset({"burst", "backdated"})
"""Flags that only a memory of an earlier look raises."""


def disagreement(truth: Mapping[str, Any], observation: Mapping[str, Any]) -> str | None:
    """What is wrong with `observation` (a line of a journal) by its line of truth; None where nothing is.

    A date may be missing only where the states allow a reading without one; where there is a date it must be the true one, to
    the precision that was read, but at least the month. Every flag that the truth tells must be there, and of the accusing
    ones no other; a page that was found unchanged need not say them again.
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
    if "flags" in truth and not observation["unchanged"] and (words := _flags(truth["flags"], observation["flags"])):
        return f"{words}{why}"
    account = observation["account"]
    if truth.get("account") and account and account["state"] not in truth["account"]:
        return f"account {account['state']}, allowed {'|'.join(truth['account'])}{why}"
    return None


def _flags(expected: Collection[str], flags: Collection[Mapping[str, Any]]) -> str | None:
    """Which flag is missing, or raised without ground; None where neither is."""
    evidence = {flag["name"]: flag["evidence"] for flag in flags}
    missing = [name for name in expected if name not in evidence]
    if missing:
        return f"flag {'|'.join(missing)} missing, raised {'|'.join(sorted(evidence)) or 'none'}"
    false = sorted((evidence.keys() & ACCUSING) - set(expected))
    if false:
        return f"flag {'|'.join(false)} without ground: {'; '.join(evidence[name] for name in false)!r}"
    return None


def history_disagreement(told: Mapping[str, Any], observation: Mapping[str, Any]) -> str | None:
    """What is wrong with the history flags of `observation` by its line of history.jsonl; None where nothing is.

    Only for a look that was made at the moment of the history, after one at the moment before.
    """
    if observation["outcome"] != "ok":
        return None
    raised = {flag["name"] for flag in observation["flags"]} & HISTORY
    if raised == set(told["flags"]):
        return None
    return f"history flags {'|'.join(sorted(raised)) or 'none'}, true {'|'.join(told['flags']) or 'none'}"
