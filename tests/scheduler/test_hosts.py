"""What is known of hosts: numbers, paces, breakers, and the platforms that their addresses make them."""

import msgspec
import pytest

from crawler.records import Gap, Sighting
from scheduler.breaker import BreakerSettings
from scheduler.hosts import Hosts, PlatformSettings
from scheduler.ledger import Host
from tests.scheduler.builders import START_MS

GAP = Gap(5.0, 1.0, 15.0)
FINE = Sighting(1, 0, START_MS, "ok", status=200)
DOWN = Sighting(1, 0, START_MS, "connect", "refused")


def host(number: int, platform: str | None = None, least_s: float | None = None, address: str | None = None) -> Host:
    return Host(number, f"h{number}.test", platform, least_s, address)


def hosts_with(*known: Host, **platforms: object) -> Hosts:
    hosts = Hosts(GAP, msgspec.convert({"hosts_at_least": 3} | platforms, PlatformSettings), BreakerSettings())
    assert list(hosts.learn(known)) == []
    return hosts


def answers(hosts: Hosts, number: int, address: str, **more: object) -> None:
    hosts.saw(number, msgspec.structs.replace(FINE, address=address, **more), 0.0, probe=False)


# ---- platforms ----


def test_hosts_that_answer_from_one_address_become_a_platform() -> None:
    hosts = hosts_with(*(host(number) for number in (1, 2, 3)))
    for number in (1, 2):
        answers(hosts, number, "203.0.113.5")
    assert hosts.slots(1) is None
    answers(hosts, 3, "203.0.113.5")
    assert hosts.slots(1) is hosts.slots(2) is hosts.slots(3) is not None
    assert hosts.platforms() == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1"])
def test_a_test_network_on_loopback_is_no_platform(address: str) -> None:
    hosts = hosts_with(*(host(number) for number in range(1, 9)))
    for number in range(1, 9):
        answers(hosts, number, address)
    assert hosts.platforms() == 0


def test_the_registers_word_goes_before_what_addresses_say() -> None:
    hosts = hosts_with(host(1, "集约化平台"), host(2), host(3), host(4, "集约化平台"))
    for number in (1, 2, 3):
        answers(hosts, number, "203.0.113.5")
    assert hosts.slots(1) is hosts.slots(4)
    lone = hosts_with(host(1, "none"), host(2), host(3), host(4))
    for number in (1, 2, 3, 4):
        answers(lone, number, "203.0.113.5")
    assert lone.slots(1) is None
    assert lone.slots(2) is lone.slots(4) is not None


def test_addresses_of_an_earlier_run_make_platforms_before_anybody_is_asked() -> None:
    hosts = hosts_with(*(host(number, address="203.0.113.5") for number in (1, 2, 3)))
    assert hosts.platforms() == 1


def test_an_address_that_came_by_way_of_a_redirect_says_nothing_of_the_host() -> None:
    hosts = hosts_with(*(host(number) for number in (1, 2, 3)))
    for number in (1, 2, 3):
        answers(hosts, number, "203.0.113.5", redirects=1)
    assert hosts.platforms() == 0
    assert hosts.moved() == []


def test_a_new_address_is_told_once_for_the_ledger() -> None:
    hosts = hosts_with(host(1, address="203.0.113.5"), host(2))
    answers(hosts, 1, "203.0.113.5")
    answers(hosts, 2, "203.0.113.6")
    assert hosts.moved() == [("203.0.113.6", 2)]
    assert hosts.moved() == []
    answers(hosts, 1, "203.0.113.9")
    assert hosts.moved() == [("203.0.113.9", 1)]


# ---- hosts that no register names ----


def test_a_host_known_from_handovers_has_a_number_below_zero_and_no_other_host_has_it() -> None:
    hosts = hosts_with(host(1), host(2))
    numbers = [hosts.number_of(f"x{index}.test") for index in range(5)]
    assert all(number < 0 for number in numbers)
    assert len(set(numbers)) == 5
    assert hosts.number_of("h1.test") == 1
    assert hosts.number_of("x3.test") == numbers[3]


def test_numbers_stay_apart_when_the_register_names_some_of_them() -> None:
    hosts = hosts_with(host(1))
    before = hosts.number_of("h7.test")
    assert list(hosts.learn([host(7), host(8)])) == [(before, 7)]
    assert list(hosts.learn([host(7), host(8)])) == []
    assert hosts.number_of("h7.test") == 7
    assert hosts.number_of("y.test") not in (before, 7, 8, 1)


def test_a_host_that_the_register_names_keeps_the_rest_it_had() -> None:
    hosts = hosts_with(host(1))
    stranger = hosts.number_of("h7.test")
    hosts.pace(stranger).rest(100.0, 0.5, 300.0)
    list(hosts.learn([host(7)]))
    assert hosts.pace(7).not_before == 400.0


# ---- gaps and breakers ----


def test_a_rows_gap_holds_for_its_host_and_widens_the_most_where_it_must() -> None:
    hosts = hosts_with(host(1), host(2, least_s=3.0), host(3, least_s=40.0))
    assert hosts.pace(1).gap == GAP
    assert (hosts.pace(2).gap.least_s, hosts.pace(2).gap.most_s) == (3.0, 15.0)
    assert hosts.pace(3).gap.after(1.0) == 40.0


def test_hosts_that_rest_are_counted_once_however_many_reasons_they_have() -> None:
    hosts = hosts_with(host(1), host(2), host(3))
    hosts.pace(1).rest(0.0, 0.1, 500.0)
    for number in (1, 2):
        for _ in range(3):
            hosts.saw(number, DOWN, 0.0, probe=False)
    assert hosts.resting_until(30.0) == 2
    assert hosts.resting_until(60.0) == 1
    assert hosts.resting_until(500.0) == 0
    assert hosts.breakers_open(30.0) == 2
    hosts.saw(2, FINE, 61.0, probe=False)
    assert hosts.breakers_open(61.0) == 1
