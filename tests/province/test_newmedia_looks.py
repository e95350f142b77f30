"""The whole way: the province's platforms, asked as the crawler asks and judged as it judges, agree with the truth."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.fetch import Answer, Ask, Fetcher, FetchSettings
from crawler.judge import Look, judge
from crawler.records import BEIJING, NOTHING
from province import Province
from province.agreement import disagreement
from tests.province.client import NOW, running


def as_line(answer: Answer, url: str, moment: datetime) -> dict[str, Any]:
    """The parts of an observation that agreement looks at."""
    judged = judge(answer, Look(url, "account", moment))
    reading = judged.reading or NOTHING
    return {
        "outcome": judged.outcome,
        "reason": judged.reason,
        "reading": {"state": reading.state, "newest": reading.newest, "source": reading.source, "text": reading.text},
        "flags": [{"name": flag.name, "evidence": flag.evidence} for flag in judged.flags],
        "unchanged": False,
        "account": {"state": judged.account.state} if judged.account else None,
    }


@pytest.mark.parametrize("seed", [7, 8])
async def test_every_account_is_judged_as_the_truth_says(seed: int, tmp_path: Path) -> None:
    moment = NOW.astimezone(BEIJING)
    async with running(Province(6, 2, 3, seed, True, NOW, newmedia=True)) as province:
        province.write(tmp_path)
        hosts = province.hosts()
        fetcher = Fetcher(FetchSettings(allow=("127.0.0.0/8",), hosts=hosts, ca=str(tmp_path / "ca.pem")))
        await fetcher.open()
        try:
            wrong, lines = [], {line["target"]: line for line in province.truth()}
            for media in province.plan.cast.media:
                answer = await fetcher.fetch(Ask(media.url, deadline_s=5.0))
                if 300 <= (answer.status or 0) < 400:
                    continue
                wrong.append(disagreement(lines[media.code], as_line(answer, media.url, moment)))
        finally:
            await fetcher.close()
    assert [words for words in wrong if words] == []
    assert len(wrong) > 60
