"""The account of requests made, on lines whose sums are known."""

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.records import stamp
from scheduler.requests_made import DAY_MS, LATE_MS, WINDOW_MS, Account, AddressMade, Busiest, HostMade, requests_made

T0 = 1_795_312_800_000
A, B = "http://a.gov.cn/x/", "http://b.gov.cn/"


def line(at_s: float = 0.0, url: str = A, elapsed_s: float = 0.5, requests: int = 1, **fields: Any) -> bytes:
    """A line of the journal, as far as the account reads it, and something it does not."""
    known = {
        "v": 1,
        "at": stamp(T0 + round(at_s * 1000)),
        "url": url,
        "final_url": url,
        "subject": {"code": "9800000001", "platform": None},
        "reason": None,
        "status": 200,
        "elapsed_s": elapsed_s,
        "attempts": 1,
        "requests": requests,
        "address": "192.0.2.1",
        "reading": {"state": "list"},
    }
    return msgspec.json.encode(known | fields) + b"\n"


def platform(name: str) -> dict[str, Any]:
    return {"subject": {"platform": name}}


def host(account: Account, name: str = "a.gov.cn") -> HostMade:
    (row,) = (row for row in account.hosts if row.host == name)
    return row


def address(account: Account) -> AddressMade:
    (row,) = account.addresses
    return row


def test_an_empty_journal_is_an_empty_account() -> None:
    account = requests_made([])
    assert (account.since, account.until, account.requests, account.hosts, account.addresses) == (None, None, 0, (), ())


def test_requests_and_visits_are_counted_and_the_busiest_host_comes_first() -> None:
    account = requests_made([line(0, B), line(1), line(3, requests=3), line(20, B, requests=1)])
    assert [(row.host, row.requests, row.visits) for row in account.hosts] == [("a.gov.cn", 4, 2), ("b.gov.cn", 2, 2)]
    assert (account.requests, account.visits) == (6, 4)
    assert (account.since, account.until) == (stamp(T0), stamp(T0 + 20_000))


def test_a_day_is_the_least_that_per_day_is_reckoned_over() -> None:
    assert host(requests_made([line(0), line(60)])).per_day == 2.0
    two_days = [line(0), line(86_400), line(2 * 86_400)]
    assert (requests_made(two_days).days, host(requests_made(two_days)).per_day) == (2.0, 1.5)


# ---- gaps ----


def test_the_least_gap_is_from_the_end_of_a_visit_to_the_start_of_the_next() -> None:
    made = host(requests_made([line(0, elapsed_s=0.5), line(10, elapsed_s=2.0), line(13.25), line(30)]))
    assert made.least_gap_s == 1.25


def test_one_visit_has_no_gap() -> None:
    assert host(requests_made([line()])).least_gap_s is None


def test_no_gap_is_measured_after_a_visit_of_several_requests() -> None:
    assert host(requests_made([line(0, requests=2, elapsed_s=1.0), line(1.1)])).least_gap_s is None
    made = host(requests_made([line(0), line(10, requests=2), line(10.7), line(30)]))
    assert made.least_gap_s == 9.5


def test_gaps_are_those_of_one_host_whatever_others_do_meanwhile() -> None:
    made = requests_made([line(0), line(0.6, B), line(5), line(5.1, B)])
    assert (host(made).least_gap_s, host(made, "b.gov.cn").least_gap_s) == (4.5, 4.0)


def test_visits_that_asked_nothing_neither_count_nor_end_a_gap() -> None:
    silent = line(1.0, requests=0, attempts=0, elapsed_s=0.0, status=None, reason="breaker_open", final_url=None, address=None)
    made = host(requests_made([line(0), silent, line(5)]))
    assert (made.requests, made.visits, made.not_asked, made.least_gap_s) == (2, 2, 1, 4.5)


def test_a_line_that_shares_the_page_of_another_is_no_visit() -> None:
    made = host(requests_made([line(0), line(0, requests=0), line(5)]))
    assert (made.requests, made.visits, made.not_asked, made.least_gap_s) == (2, 2, 0, 4.5)


def test_no_gap_is_measured_after_a_visit_that_asked_for_robots_txt_alone() -> None:
    kept_out = line(0, requests=1, attempts=0, elapsed_s=0.0, reason="robots")
    assert host(requests_made([kept_out, line(1)])).least_gap_s is None


def test_a_host_that_was_asked_twice_at_once_has_a_gap_below_zero() -> None:
    assert host(requests_made([line(0, elapsed_s=3.0), line(1)])).least_gap_s == -2.0


def test_a_clock_that_was_set_back_makes_no_gap() -> None:
    assert host(requests_made([line(100), line(0), line(10)])).least_gap_s == 9.5


# ---- what it cost the host ----


def test_mean_response_and_the_share_of_time_spent_asking() -> None:
    made = host(requests_made([line(0, elapsed_s=1.0), line(50, elapsed_s=3.0), line(100, elapsed_s=2.0, requests=2)]))
    assert (made.response_s, made.asking_share) == (1.5, 0.06)


def test_a_single_visit_took_all_of_its_own_time() -> None:
    assert host(requests_made([line(elapsed_s=2.0)])).asking_share == 1.0


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"status": 429}, 1),
        ({"status": 503}, 1),
        ({"status": None, "reason": "retry_after"}, 1),
        ({"status": 500}, 0),
        ({"status": 200}, 0),
    ],
)
def test_every_time_a_host_pushed_us_back_is_counted(fields: dict[str, Any], count: int) -> None:
    made = requests_made([line(**fields, **platform("云平台"))])
    assert (host(made).pushed_back, made.platforms[0].pushed_back) == (count, count)


# ---- visits that were led elsewhere ----


def test_a_visit_that_was_led_elsewhere_counts_at_both_hosts() -> None:
    made = requests_made([line(0, A, final_url=B, requests=3, elapsed_s=3.0)])
    first, last = host(made), host(made, "b.gov.cn")
    assert (first.requests, first.visits, last.requests, last.visits) == (1, 0, 2, 1)
    assert (first.response_s, last.response_s) == (1.0, 1.0)
    assert made.requests == 3


def test_a_visit_that_was_led_elsewhere_ends_no_gap_at_either_host() -> None:
    made = requests_made([line(0), line(0, B), line(10, A, final_url=B, requests=2), line(10.6), line(10.7, B)])
    assert (host(made).least_gap_s, host(made, "b.gov.cn").least_gap_s) == (9.5, None)


# ---- platforms and addresses ----


def test_platforms_and_addresses_are_summed_over_their_hosts() -> None:
    made = requests_made([line(0, A, **platform("云平台")), line(1, B, **platform("云平台")), line(2, B)])
    (row,) = made.platforms
    assert (row.platform, row.hosts, row.requests, row.visits) == ("云平台", 2, 2, 2)
    assert (address(made).hosts, address(made).requests) == (2, 3)


def test_a_name_that_led_to_no_address_is_at_none() -> None:
    assert requests_made([line(address=None)]).addresses == ()


def test_the_most_requests_in_any_ten_seconds() -> None:
    starts = (0, 4, 9.9, 10.0, 13.9, 30)
    assert address(requests_made([line(at) for at in starts])).most_in_10s == 4
    assert address(requests_made([line(at) for at in (0, 10)])).most_in_10s == 1
    assert address(requests_made([line(0, requests=5), line(9.999)])).most_in_10s == 6


def test_requests_of_one_visit_are_taken_to_follow_each_other_without_a_pause() -> None:
    assert address(requests_made([line(0, requests=6, elapsed_s=3.0)])).most_in_10s == 6
    assert address(requests_made([line(0, requests=5, elapsed_s=25.0)])).most_in_10s == 2


def brute(times: Iterable[int]) -> int:
    ordered = sorted(times)
    return max((sum(at <= other < at + WINDOW_MS for other in ordered) for at in ordered), default=0)


@given(st.lists(st.integers(0, 200_000), max_size=60))
def test_lines_in_any_order_within_five_minutes_give_the_same(times: list[int]) -> None:
    busiest = Busiest()
    for at in times:
        busiest.add(T0 + at)
    assert busiest.close() == brute(times)


def test_what_waits_to_be_sorted_is_bounded_by_five_minutes() -> None:
    busiest = Busiest()
    for at in range(0, 100 * LATE_MS, 1_000):
        busiest.add(T0 + at)
    assert len(busiest._waiting) <= LATE_MS // 1_000 + 2
    assert len(busiest._window) <= WINDOW_MS // 1_000 + 1
    assert busiest.close() == 10


def test_a_clock_set_back_by_an_hour_begins_the_count_anew() -> None:
    busiest = Busiest()
    for at in itertools.chain(range(0, 7_200_000, 1_000), range(3_600_000, 7_200_000, 1_000)):
        busiest.add(T0 + at)
    assert busiest.close() == 10


# ---- what is asked of the account ----


def test_only_the_days_that_are_asked_for_count() -> None:
    lines = [line(0), line(2 * 86_400), line(2 * 86_400 + 60)]
    made = requests_made(lines, since_ms=T0 + DAY_MS)
    assert (made.requests, host(made).least_gap_s, made.since) == (2, 59.5, stamp(T0 + 2 * DAY_MS))


def test_only_the_host_that_is_asked_for_is_shown() -> None:
    lines = [line(0), line(1, B), line(2, A, final_url=B, requests=2)]
    made = requests_made(lines, host="b.gov.cn")
    assert [row.host for row in made.hosts] == ["b.gov.cn"]
    assert (host(made, "b.gov.cn").requests, host(made, "b.gov.cn").visits) == (2, 2)


def test_memory_grows_with_hosts_and_not_with_lines() -> None:
    import tracemalloc

    def many(count: int) -> Iterator[bytes]:
        return (line(n * 2.0, f"http://h{n % 5}.gov.cn/") for n in range(count))

    peaks = []
    for count in (3_000, 12_000):
        tracemalloc.start()
        assert requests_made(many(count)).requests == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


@pytest.mark.parametrize("bad", [b"\n", b"{}\n", b"[1]\n", b"not json\n", line(at="yesterday"), line(at="2026-11-22T09:00:00")])
def test_what_is_no_observation_is_an_error(bad: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, ValueError)):
        requests_made([line(), bad])


def test_what_a_bridge_was_asked_is_no_request_to_the_platform() -> None:
    asked: dict[str, Any] = {"observed_by": "bridge_feed", "final_url": "rsshub:/weibo/user/{id}", "address": None}
    account = requests_made([line(0, **asked, **platform("新浪微博")), line(2, **asked, **platform("新浪微博")), line(4, B)])
    assert [(row.host, row.requests) for row in account.hosts] == [("bridge:rsshub", 2), ("b.gov.cn", 1)]
    assert account.platforms == ()
