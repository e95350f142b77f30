"""Provinces and verdicts for the tests of circulars, all invented: 澜州市 with two counties."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from checker.circular import Circular, Form, Issue, Province, compose, read_form, stand
from checker.circular.statistics import Counting, rounding_of
from checker.verdict import Coverage, Detail, Result, Verdict
from register import Level, Subject, SubjectKind, Target
from register.inputs import Inputs

T = "2031-06-20T12:00:00.000+08:00"
EARLIER = "2031-03-20T12:00:00.000+08:00"
RULE: dict[SubjectKind, str] = {"site": "W4b", "section": "W4a", "account": "N2"}
COUNTING = Counting(rounding_of())


def site(code: str, name: str, level: Level | None = "市级部门", region: str | None = "澜州市", **more: Any) -> Subject:
    return Subject(code, "site", name, level=level, region=region, **more)


def section(code: str, name: str, level: Level | None = "县级部门", parent: str = "7101000001", **more: Any) -> Subject:
    return Subject(code, "section", name, level=level, region="云溪县", parent=parent, **more)


def account(code: str, name: str, platform: str = "微信订阅号", level: Level | None = "市级部门", **more: Any) -> Subject:
    return Subject(code, "account", name, level=level, region=more.pop("region", "澜州市"), platform=platform, **more)


def home(subject: Subject) -> Target:
    url = f"http://{subject.code.lower()}.lanzhou-shi.test/"
    if subject.kind == "account":
        return Target(subject.code, "account", subject.code, url, "host.test", subject.name)
    return Target(f"{subject.code}/@home", "home", subject.code, url, "host.test", subject.name)


def columns(subject: Subject, count: int) -> list[Target]:
    base = f"http://{subject.code.lower()}.lanzhou-shi.test"
    return [
        Target(f"{subject.code}/{n}", "column", subject.code, f"{base}/{n}/", "host.test", f"栏目{n}") for n in range(count)
    ]


def verdict(subject: Subject, result: Result = "pass", rule: str | None = None, **more: Any) -> Verdict:
    """A veto's verdict by default; `problem` and `detail` as given."""
    return Verdict(
        **{
            "subject": subject.code,
            "kind": subject.kind,
            "rule": rule or RULE[subject.kind],
            "rule_kind": "single_veto",
            "result": result,
            "T": T,
            "rules": "invented@3",
            "register": "sha256:77",
            "coverage": Coverage(9, 10),
            **more,
        }
    )


def late(subject: Subject, name: str = "工作动态", days: int = 5, **more: Any) -> Detail:
    """A column of the subject that is late."""
    code = subject.code
    fields: dict[str, Any] = {
        "target": f"{code}/gzdt",
        "url": f"http://{code.lower()}.lanzhou-shi.test/gzdt/",
        "month_items": 2,
        "month_items_exact": True,
        "newest": "2031-06-01",
        "period": "14 days",
        **more,
    }
    return Detail(name=name, overdue_days=days, note="stale", **fields)


def by_hand(subject: Subject, text: str, rule: str = "other") -> Verdict:
    """A failure that a person found and worded."""
    detail = (Detail(target=subject.code, text=text, note="manual", newest="2031-06-18"),)
    return verdict(subject, "fail", rule, decided_by="manual", problem="other", detail=detail)


def province(
    subjects: Sequence[Subject],
    failing: Iterable[Verdict] = (),
    others: Iterable[Verdict] = (),
    targets: Iterable[Target] = (),
    inputs: Inputs | None = None,
) -> Province:
    """Every subject passes its rule but those of `failing`; `others` come besides."""
    bad = list(failing)
    named = {one.subject for one in bad}
    good = [verdict(subject) for subject in subjects if subject.code not in named]
    return stand([*subjects, *map(home, subjects), *targets], [*good, *bad, *others], inputs)


def issue(**more: Any) -> Issue:
    return Issue(**{"title": "澜州市关于2031年第二季度检查情况的通报", "period": "2031年第二季度", **more})


def issued(there: Province, form: str | Form = "quarterly", how: Issue | None = None, **more: Any) -> Circular:
    return compose(there, read_form(form) if isinstance(form, str) else form, how or issue(), **more)


def figures(circular: Circular) -> dict[str, Any]:
    return {figure.key: figure.value for figure in circular.statistics}


def printed(circular: Circular) -> dict[str, str]:
    return {figure.key: figure.printed for figure in circular.statistics}


def rows(circular: Circular, title: str) -> list[tuple[str, ...]]:
    """The rows of the annex whose title holds `title`."""
    return [row.cells for annex in circular.annexes if title in annex.title for row in annex.rows]


def text(circular: Circular) -> str:
    return "\n".join(paragraph.text for paragraph in circular.paragraphs)


def toml(folder: Path, content: str, name: str = "written.toml") -> Path:
    path = folder / name
    path.write_text(content, "utf-8")
    return path
