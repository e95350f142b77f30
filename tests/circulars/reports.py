"""What the units report of accounts that nobody sees from outside: tables in an inbox, visits of the patrol."""

import os
from datetime import datetime
from pathlib import Path
from typing import Final

from province.scenarios import Scene, write_reports
from register import Register, Subject, read_accepted
from scheduler.accounts.reportdesk import ReportDesk
from scheduler.accounts.reportfolder import look_into
from scheduler.accounts.routes import Routes
from scheduler.ledger import Ledger

_LYING_S: Final = 60
"""A file lies in the inbox for so long before it is read."""


def desk_of(scene: Scene, inbox: Path, at: datetime, register: Register, routes: Routes, ledger: Ledger) -> ReportDesk:
    """A desk that has taken in what the scene's units report at `at`: its visits are due then, and the patrol makes them."""
    desk = ReportDesk(routes)
    desk.register(row for row in read_accepted(register.path) if isinstance(row, Subject))
    inbox.mkdir(exist_ok=True)
    table = inbox / "reports.csv"
    if write_reports(scene, at, table):
        os.utime(table, (at.timestamp() - _LYING_S,) * 2)
        at_ms = round(at.timestamp() * 1000)
        reports = desk.new(look_into(inbox, frozenset(), desk.known, at_ms).batch.reports)
        desk.file(ledger, reports, at_ms)
        desk.filed(reports)
    return desk
