"""What a patrol knows of its bridges: their health and the state of their credentials, and whom it tells.

    sighting ──► poll_of ──► polled ──► alarm (a log error, once) ──► weighed ──► the line

Asked of each sighting before its line is made (`Returns.weigh`), on the patrol's loop. What is known is kept in the ledger's
`meta` between two runs, so that a restart tells nothing twice; where it is lost, nothing is believed until it is known again.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

import msgspec
from prometheus_client import CollectorRegistry, Gauge

from crawler.accounts.bridgeforms import credential_sign
from crawler.accounts.bridgesettings import PREFIX
from crawler.records import Sighting
from scheduler.accounts.bridged import poll_of, weighed
from scheduler.accounts.bridges import BridgeHealth, Limits, alarm, forget, looked_at, polled
from scheduler.accounts.credentials import Alert, Credential, passed, usable, used
from scheduler.accounts.credentials import State as CredentialState
from scheduler.accounts.routes import nobodys
from scheduler.conclude import Task
from scheduler.ledger import Ledger

META: Final = "bridges"
CREDENTIAL_STATES: Final[tuple[CredentialState, ...]] = get_args(CredentialState)

_log = logging.getLogger(__name__)


class Known(msgspec.Struct, frozen=True):
    """What is kept of one bridge."""

    health: BridgeHealth
    credential: Credential


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, Known]).decode


@dataclass(frozen=True)
class BridgeGauges:
    """One series per bridge of the settings, so their number is closed."""

    sick: Gauge
    age: Gauge
    believed: Gauge
    credential: Gauge

    @classmethod
    def of(cls, registry: CollectorRegistry) -> "BridgeGauges":
        names = ("bridge",)
        return cls(
            Gauge("xunwang_bridge_sick", "1 while a bridge is ill: no account is judged by it", names, registry=registry),
            Gauge(
                "xunwang_bridge_poll_age_seconds", "Since a bridge's last successful poll; NaN before", names, registry=registry
            ),
            Gauge("xunwang_bridge_believed", "1 while an account's silence is read from a bridge", names, registry=registry),
            Gauge(
                "xunwang_bridge_credential",
                "1 for the state that the token or login of a bridge is in",
                ("bridge", "state"),
                registry=registry,
            ),
        )


class BridgeBook:
    """names: the bridges of the settings. gauges: where their health is shown; None: nowhere."""

    def __init__(
        self,
        names: Sequence[str],
        gauges: BridgeGauges | None = None,
        limits: Limits | None = None,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    ) -> None:
        self._known = {name: Known(BridgeHealth(), Credential(name)) for name in names}
        self._gauges, self._limits, self._now_ms = gauges, limits, now_ms
        self._kept = b""
        self._show()

    def __len__(self) -> int:
        return len(self._known)

    def health(self, name: str) -> BridgeHealth:
        """Raises KeyError for a bridge that the settings do not name."""
        return self._known[name].health

    def credential(self, name: str) -> Credential:
        """As `health`."""
        return self._known[name].credential

    # ---- what is seen ----

    def weigh(self, account: str, sighting: Sighting) -> Sighting:
        """The sighting as it may be recorded, after what it told of its bridge was taken in."""
        name = next((flag.evidence for flag in sighting.flags if flag.name == "bridge"), "")
        if sighting.observed_by != "bridge_feed" or name not in self._known:
            return sighting
        known = self._known[name]
        poll = poll_of(account, sighting)
        if poll is not None:
            health = polled(known.health, poll, self._limits)
            self._take(name, msgspec.structs.replace(known, health=health))
            self._used(name, sighting)
        return weighed(sighting, self._known[name].health)

    def weigh_task(self, task: Task, sighting: Sighting) -> Sighting:
        """As `Returns.weigh` asks."""
        return self.weigh(task.visit.target, sighting)

    def closed_to(self, host: str) -> str | None:
        """As `Patrol.closed_to` asks: a bridge whose credential waits, or wants renewing, is not asked meanwhile."""
        known = self._known.get(host.removeprefix(PREFIX)) if host.startswith(PREFIX) else None
        if known is not None and not usable(known.credential, self._now_ms()):
            return "bridge_sick"
        return nobodys(host)

    def forget(self, asked: Mapping[str, frozenset[str]]) -> None:
        """Keep of each bridge only the accounts that it is asked for now, by its name."""
        for name, known in self._known.items():
            health = forget(known.health, asked.get(name, frozenset()))
            self._known[name] = msgspec.structs.replace(known, health=health)

    def look(self, now_ms: int) -> None:
        """As time passes: a bridge that nobody asked, a credential that runs out."""
        for name, known in self._known.items():
            credential, alert = passed(known.credential, now_ms)
            _alert(alert)
            self._take(name, Known(looked_at(known.health, now_ms, self._limits), credential))
        self._show()

    def _take(self, name: str, after: Known) -> None:
        before, self._known[name] = self._known[name], after
        told = alarm(before.health, after.health)
        if told is not None and told.kind == "bridge_sick":
            _log.error(
                "a bridge is ill: no account is judged by what it says until it is well",
                extra={"bridge": name, "cause": told.cause, "since_ms": told.since_ms},
            )
        elif told is not None:
            _log.warning("a bridge is well again", extra={"bridge": name})

    def _used(self, name: str, sighting: Sighting) -> None:
        sign = credential_sign(sighting)
        if sign is None:
            return
        known = self._known[name]
        credential, alert = used(known.credential, sign, sighting.at_ms, sighting.retry_after_s or 0.0)
        self._known[name] = msgspec.structs.replace(known, credential=credential)
        _alert(alert)

    # ---- what is kept and shown ----

    def load(self, ledger: Ledger) -> None:
        """Take up what the last run knew of the bridges that there still are."""
        text = ledger.meta(META)
        try:
            kept = _decode(text) if text else {}
        except (msgspec.DecodeError, msgspec.ValidationError):
            kept = {}
        self._known.update({name: known for name, known in kept.items() if name in self._known})
        self._show()

    def kept(self) -> str | None:
        """What is to be kept, None where that stands in the ledger already."""
        text = _encode(self._known)
        if text == self._kept or not self._known:
            return None
        self._kept = text
        return text.decode()

    def _show(self) -> None:
        if self._gauges is None:
            return
        now_ms = self._now_ms()
        for name, known in self._known.items():
            last = known.health.last_ok_ms
            self._gauges.sick.labels(name).set(known.health.state == "sick")
            self._gauges.believed.labels(name).set(known.health.believed)
            self._gauges.age.labels(name).set(float("nan") if last is None else max(0, now_ms - last) / 1000)
            for state in CREDENTIAL_STATES:
                self._gauges.credential.labels(name, state).set(known.credential.state == state)


def asked_of_bridges(ledger: Ledger) -> dict[str, frozenset[str]]:
    """Which accounts of the present register wait at which bridge."""
    rows = ledger.transaction().execute(
        "SELECT h.name, t.key FROM targets t JOIN hosts h ON h.id = t.host WHERE h.name LIKE ? AND t.kind = 'account' "
        "AND t.generation = (SELECT max(generation) FROM targets)",
        (PREFIX + "%",),
    )
    asked: dict[str, set[str]] = {}
    for host, account in rows:
        asked.setdefault(host.removeprefix(PREFIX), set()).add(account)
    return {name: frozenset(accounts) for name, accounts in asked.items()}


def keep(ledger: Ledger, text: str) -> None:
    """Write what a book wants kept; done by the writer's thread."""
    ledger.transaction().execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (META, text))


def _alert(alert: Alert | None) -> None:
    if alert is not None:
        _log.error("the credential of a bridge wants attention: %s", alert.state, extra={"bridge": alert.name})
