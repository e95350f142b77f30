"""Small journals and registers for the checker's tests, written here and nowhere else."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from checker.evidence import Evidence, gather
from checker.indicators import INDICATORS, Case, Column, Finding
from checker.judge import Bench, judge
from checker.moments import Moment, moment
from checker.office import Office
from checker.roster import Roster
from checker.rules import Rule, RuleSet, load_rules
from checker.run import wanted
from checker.verdict import Verdict
from crawler.records import BEIJING, observation_id, stamp
from register import Category, Subject, SubjectKind, Target
from register.inputs import Inputs

SITE = "5100000001"
T = moment("2024-09-02T12:00")
REGISTER = "sha256:" + "ab" * 32


def at(text: str) -> int:
    """`08-20 09:00` or `2023-08-20 09:00` in Beijing, in milliseconds."""
    full = text if text[4:5] == "-" else f"2024-{text}"
    return round(datetime.fromisoformat(full).replace(tzinfo=BEIJING).timestamp() * 1000)


def day_before(days: int, of: Moment = T) -> str:
    """The day so many days before T, as a page prints it."""
    return (of.day - timedelta(days=days)).isoformat()


def column(number: int, category: Category = "news", first_level: bool | None = None, subject: str = SITE) -> Target:
    key = f"{subject}/c{number}"
    url = f"http://www.example.cn/c{number}/"
    return Target(key, "column", subject, url, "www.example.cn", f"栏目{number}", category, first_level)


def home(subject: str = SITE) -> Target:
    return Target(f"{subject}/@home", "home", subject, "http://www.example.cn/", "www.example.cn", "示例网")


def site(code: str = SITE, kind: SubjectKind = "site", **more: Any) -> Subject:
    return Subject(code, kind, **({"name": "示例网", "unit": "示例县示例局", "region": "示例县"} | more))


def account(code: str = "acc1", platform: str = "微信订阅号") -> tuple[Subject, Target]:
    subject = Subject(code, "account", "示例发布", "示例县示例局", platform=platform, region="示例县")
    return subject, Target(code, "account", code, f"http://bridge.example.cn/{code}", "bridge.example.cn", "示例发布")


def roster(*rows: Subject | Target) -> Roster:
    found = Roster(REGISTER, "register")
    for row in rows:
        found.add(row)
    return found


class Journal:
    """Lines in the making. `look` appends one observation; everything has a default."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def look(
        self,
        when: str,
        target: Target | str,
        newest: str | None = None,
        *,
        kind: str | None = None,
        state: str | None = None,
        outcome: str = "ok",
        reason: str | None = None,
        items: int = 20,
        oldest: str | None = "2024-01-01",
        new: tuple[tuple[str, str | None], ...] = (),
        first: bool = False,
        flags: tuple[str, ...] = (),
        **more: Any,
    ) -> dict[str, Any]:
        key = target if isinstance(target, str) else target.key
        kind = kind or (target.kind if isinstance(target, Target) else "column")
        owner = target.subject if isinstance(target, Target) else key.partition("/")[0]
        state = state or ("list" if newest else "none" if outcome != "ok" or kind == "probe" else "unknown")
        text = stamp(at(when))
        line = {
            "v": 1,
            "id": observation_id("column", f"{kind} {key}", at(when), "default", "public_http"),
            "seq": len(self.lines) + 1,
            "at": text,
            "due": text,
            "kind": kind,
            "target": key,
            "url": target.url if isinstance(target, Target) else "http://www.example.cn/",
            "subject": {"code": owner, "kind": "account" if kind in ("account", "report") else "site", "name": "示例网"},
            "column": {"name": target.name, "category": target.category, "first_level": target.first_level}
            if isinstance(target, Target) and target.kind == "column"
            else None,
            "outcome": outcome,
            "reason": reason,
            "partial": False,
            "reading": {
                "state": state,
                "newest": newest,
                "source": "row" if newest else None,
                "text": newest,
                "items": items if newest else 0,
                "oldest": oldest if newest else None,
            },
            "account": None,
            "first_look": first,
            "new_items": [{"title": title, "url": f"http://www.example.cn/{title}", "date": day} for title, day in new],
            "flags": [{"name": name, "evidence": "row 1"} for name in flags],
            "register": REGISTER,
            "observed_by": "public_http",
        }
        self.lines.append(line | more)
        return line

    def probes(self, day: str, ok: int, failed: int = 0, **others: int) -> None:
        """Probes of one day, spread over it: `ok` opened, `failed` timed out, and others by outcome."""
        outcomes = ["timeout"] * failed + [name for name, count in others.items() for _ in range(count)] + ["ok"] * ok
        start = at(f"{day} 00:00")
        for number, outcome in enumerate(outcomes):
            moment_ = datetime.fromtimestamp((start + number * 86_400_000 // len(outcomes)) / 1000, BEIJING)
            reason = None if outcome == "ok" else "connect"
            self.look(f"{moment_:%Y-%m-%d %H:%M:%S}", home(), kind="probe", outcome=outcome, reason=reason)

    def bytes(self) -> bytes:
        return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in self.lines)

    def write(self, folder: Path, number: int = 1) -> Path:
        """A segment below `folder`/journal; returns its path."""
        journal = folder / "journal"
        journal.mkdir(exist_ok=True)
        path = journal / f"observations-{number:06d}.jsonl"
        path.write_bytes(self.bytes())
        return path

    def evidence(self, folder: Path, moment_: Moment = T, month: str = "2024-08") -> Evidence:
        rules = load_rules("national-2019")
        return gather([self.write(folder)], moment_, wanted(rules, moment_, month))


def case_of(
    evidence: Evidence, *rows: Subject | Target, rules: RuleSet | None = None, moment_: Moment = T, **more: Any
) -> Case:
    """The case of the one subject among `rows`."""
    subject = next(row for row in rows if isinstance(row, Subject))
    targets = [row for row in rows if isinstance(row, Target)]
    homes = [Column(one, evidence.facts.get(("home", one.key))) for one in targets if one.kind == "home"]
    return Case(
        moment=moment_,
        rules=rules or load_rules("national-2019"),
        subject=subject,
        month=more.pop("month", "2024-08"),
        columns=tuple(Column(one, evidence.facts.get(("column", one.key))) for one in targets if one.kind == "column"),
        accounts=tuple(Column(one, evidence.facts.get(("account", one.key))) for one in targets if one.kind == "account"),
        home=homes[0] if homes else None,
        probes=evidence.probes.get(homes[0].target.key) if homes else None,
        **more,
    )


def find(case: Case, name: str) -> Finding:
    """What the rule of that name finds."""
    rule = case.rules.rule(name)
    assert isinstance(rule, Rule)
    return INDICATORS[rule.measure](case, rule)


def verdicts(
    evidence: Evidence,
    rows: Roster,
    inputs: Inputs | None = None,
    *,
    rules: RuleSet | None = None,
    moment_: Moment = T,
    notices: dict[str, tuple[str, ...]] | None = None,
) -> dict[tuple[str, str], Verdict]:
    """(subject, rule) → verdict."""
    ruleset = rules or load_rules("national-2019")
    office = Office(inputs or Inputs(), ruleset, moment_.day.isoformat())
    bench = Bench(
        moment=moment_,
        month="2024-08",
        rules=ruleset,
        roster=rows,
        evidence=evidence,
        office=office,
        notices=notices or {},
    )
    return {(one.subject, one.rule): one for one in judge(bench)}
