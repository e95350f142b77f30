"""What the page draws: passing of checked by kind, and failing subjects by problem."""

from typing import Final

from checker.circular.draft import Draft
from checker.circular.model import Chart

_MOST: Final = 12


def charts(draft: Draft) -> tuple[Chart, ...]:
    """Passing of checked by kind; failing subjects by problem."""
    kinds = (("sites", "政府网站"), ("sections", "信息公开专栏"), ("accounts", "政务新媒体"))
    figures = draft.figures
    bars = tuple(
        (name, int(figures[f"{kind}.passing"].value), int(figures[f"{kind}.checked"].value))
        for kind, name in kinds
        if f"{kind}.checked" in figures and figures[f"{kind}.checked"].value
    )
    problems: dict[str, int] = {}
    for entry in {id(e): e for found in draft.listed.values() for e in found}.values():
        for problem in draft.voice.problems(entry):
            problems[problem] = problems.get(problem, 0) + 1
    most = max(problems.values(), default=0)
    ranked = sorted(problems.items(), key=lambda pair: -pair[1])[:_MOST]
    drawn = [Chart("合格情况", bars)] if bars else []
    return tuple([*drawn, Chart("存在问题", tuple((name, count, most) for name, count in ranked))] if ranked else drawn)
