"""What a visit comes to, request by request, and the sighting that is made of it in the end. Pure."""

from dataclasses import dataclass
from typing import NamedTuple

from crawler.fetch import Answer
from crawler.judge import Judgement
from crawler.records import Progress, Sighting


@dataclass(slots=True)
class Tally:
    """What a visit has come to so far, on every host. `began` marks when it began here, for the lag meter."""

    at_ms: int
    hops: int
    requests: int
    attempts: int
    elapsed_s: float
    began: float
    read_s: float = 0.0

    @classmethod
    def of(cls, was: Progress | None, at_ms: int, began: float) -> "Tally":
        if was is None:
            return cls(at_ms, 0, 0, 0, 0.0, began)
        return cls(was.at_ms, was.hops, was.requests, was.attempts, was.elapsed_s, began)

    def add(self, answer: Answer, tries: int) -> None:
        self.requests += answer.requests
        self.attempts = max(self.attempts, tries)
        self.elapsed_s += answer.elapsed_s

    def progress(self) -> Progress:
        return Progress(self.at_ms, self.hops, self.requests, self.attempts, self.elapsed_s)


class Told(NamedTuple):
    """What a visit ends in: the answer it is said of, and what was judged (None: the page is the one we know)."""

    answer: Answer
    judged: Judgement | None
    digest: str | None = None


def sighting_of(round_number: int, number: int, told: Told, tally: Tally, lag_s: float) -> Sighting:
    """The sighting of a finished visit; the tally counts all its requests, on every host."""
    answer, judged, digest = told
    return Sighting(
        round=round_number,
        number=number,
        at_ms=tally.at_ms,
        outcome=judged.outcome if judged else "ok",
        reason=judged.reason if judged else None,
        status=answer.status,
        final_url=answer.url if tally.attempts else None,
        redirects=tally.hops,
        elapsed_s=round(tally.elapsed_s, 4),
        phases=answer.phases,
        attempts=tally.attempts,
        requests=tally.requests,
        address=answer.address,
        bytes=len(answer.body),
        partial=answer.partial,
        charset=judged.charset if judged else None,
        digest=digest,
        unchanged=judged is None,
        tls=answer.tls,
        reading=judged.reading if judged else None,
        items=judged.items if judged else (),
        flags=judged.flags if judged else (),
        account=judged.account if judged else None,
        etag=answer.etag,
        last_modified=answer.last_modified,
        retry_after_s=answer.retry_after_s,
        read_s=tally.read_s,
        observed_by=judged.observed_by if judged else "public_http",
        lag_s=lag_s,
    )


def unasked(url: str) -> Answer:
    """What stands for the answer of a URL that is not asked."""
    return Answer(url, "inconclusive", "robots", requests=0)
