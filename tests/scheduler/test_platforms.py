import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.platforms import Platforms


def seen(count: int, address: str = "192.0.2.1", platforms: Platforms | None = None, first: int = 1) -> Platforms:
    """Hosts `first` and so on, `count` of them, answer from `address`."""
    platforms = Platforms(10.0, 8) if platforms is None else platforms
    for host in range(first, first + count):
        platforms.saw(host, address)
    return platforms


# ---- named ----


def test_hosts_of_one_name_share_one_calendar() -> None:
    platforms = Platforms(7.0)
    for host in (1, 2):
        platforms.name(host, f"www.h{host}.example", "省集约化平台")
    slots = platforms.of(1)
    assert slots is not None
    assert slots is platforms.of(2)
    assert slots.ceiling == 7.0
    assert platforms.name_of(1) == "省集约化平台"


def test_a_host_nobody_knows_has_no_platform() -> None:
    assert Platforms().of(-3) is None
    assert Platforms().name_of(5) is None


def test_a_named_platform_keeps_its_hosts_wherever_they_answer_from() -> None:
    platforms = Platforms()
    for host in range(20):
        platforms.name(host, f"h{host}", "甲" if host % 2 else "乙")
        platforms.saw(host, "192.0.2.1")
    assert {platforms.name_of(host) for host in range(1, 20, 2)} == {"甲"}
    assert {platforms.name_of(host) for host in range(0, 20, 2)} == {"乙"}
    assert len(platforms) == 2


def test_a_register_that_takes_a_name_away_frees_the_host() -> None:
    platforms = Platforms()
    platforms.name(1, "h1", "甲")
    platforms.name(1, "h1", None)
    assert platforms.of(1) is None
    assert len(platforms) == 0


# ---- learned ----


def test_eight_hosts_behind_one_address_are_a_platform_and_seven_are_not() -> None:
    platforms = seen(7)
    assert platforms.of(1) is None
    platforms.saw(8, "192.0.2.1")
    slots = platforms.of(1)
    assert slots is not None
    assert all(platforms.of(host) is slots for host in range(1, 9))
    assert platforms.name_of(8) == "192.0.2.1"


def test_one_host_that_answers_often_is_one_host() -> None:
    platforms = Platforms()
    for _ in range(100):
        platforms.saw(1, "192.0.2.1")
    assert platforms.of(1) is None


def test_a_host_that_moves_leaves() -> None:
    platforms = seen(9)
    platforms.saw(3, "192.0.2.77")
    assert platforms.of(3) is None
    assert platforms.of(4) is not None


def test_a_learned_platform_stays_until_fewer_than_half_are_left() -> None:
    platforms = seen(8)
    slots = platforms.of(8)
    for host in range(1, 5):
        platforms.saw(host, f"192.0.2.{100 + host}")
    assert platforms.of(8) is slots
    platforms.saw(5, "192.0.2.105")
    assert platforms.of(8) is None


def test_one_writing_of_an_address_is_as_good_as_another() -> None:
    platforms = seen(4, "2001:db8::1")
    seen(4, "2001:0DB8:0:0:0:0:0:1", platforms, first=5)
    assert platforms.of(1) is platforms.of(8) is not None
    mapped = seen(4, "192.0.2.9")
    seen(4, "::ffff:192.0.2.9", mapped, first=5)
    assert mapped.of(1) is mapped.of(8) is not None


def test_unnamed_hosts_at_the_address_of_a_named_platform_join_it() -> None:
    platforms = Platforms()
    for host in range(1, 9):
        platforms.name(host, f"h{host}", "甲" if host < 6 else "乙" if host < 8 else None)
        platforms.saw(host, "192.0.2.1")
    assert platforms.name_of(8) == "甲"
    assert platforms.of(8) is platforms.of(1)
    assert platforms.name_of(7) == "乙"


def test_a_name_that_comes_after_the_address_counts_as_well() -> None:
    platforms = seen(8)
    platforms.name(1, "h1", "甲")
    assert platforms.of(8) is platforms.of(1)
    platforms.name(1, "h1", None)
    assert platforms.name_of(8) == "192.0.2.1"


def test_nothing_is_learned_where_settings_say_so() -> None:
    platforms = seen(100, platforms=Platforms(10.0, 0))
    assert platforms.of(1) is None


def test_without_a_ceiling_there_is_no_platform() -> None:
    platforms = seen(100, platforms=Platforms(0.0))
    platforms.name(1, "h1", "甲")
    assert platforms.of(1) is None
    assert platforms.of(2) is None


# ---- settings ----


def test_a_name_and_an_address_may_have_ceilings_of_their_own() -> None:
    platforms = Platforms(10.0, 8, {"甲": 3.0, "192.0.2.1": 4.0})
    platforms.name(1, "h1", "甲")
    platforms.saw(2, "192.0.2.1")
    named, single = platforms.of(1), platforms.of(2)
    assert named is not None
    assert single is not None
    assert (named.ceiling, single.ceiling) == (3.0, 4.0)


@pytest.mark.parametrize("key", ["甲", "192.0.2.1", "WWW.H1.example"])
def test_none_frees_a_name_an_address_or_a_host(key: str) -> None:
    platforms = Platforms(10.0, 8, {key: "none"})
    named = "甲" if key == "甲" else None
    platforms.name(1, "www.h1.example", named)
    for host in range(1, 20):
        platforms.saw(host, "192.0.2.1")
    assert platforms.of(1) is None


def test_a_host_the_register_frees_belongs_to_none() -> None:
    platforms = Platforms()
    platforms.name(1, "h1", "none")
    seen(20, platforms=platforms)
    assert platforms.of(1) is None
    assert platforms.of(2) is not None
    assert platforms.name_of(2) == "192.0.2.1"


# ---- what it holds ----


def test_every_platform_is_listed_with_its_hosts() -> None:
    platforms = seen(9)
    platforms.name(100, "h100", "甲")
    assert [(platform.name, platform.hosts) for platform in platforms.all()] == [("192.0.2.1", 9), ("甲", 1)]


def test_hosts_of_a_content_network_leave_nothing_behind() -> None:
    platforms = Platforms()
    for visit in range(5000):
        platforms.saw(visit % 10, f"198.51.{visit % 250}.{visit // 250}")
    assert len(platforms._addresses) <= 10
    assert len(platforms._slots) == 0


def test_a_dropped_host_leaves_nothing_behind() -> None:
    platforms = seen(8)
    platforms.name(1, "h1", "甲")
    for host in range(1, 9):
        platforms.drop(host)
    platforms.drop(999)
    assert (platforms._at, platforms._addresses, platforms._names, platforms.of(1)) == ({}, {}, {}, None)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 12), st.sampled_from(["a", "b", "c"]), st.sampled_from(["saw", "name", "drop"]), st.booleans()
        ),
        max_size=120,
    )
)
def test_its_counts_are_those_of_the_hosts_it_knows(events: list[tuple[int, str, str, bool]]) -> None:
    platforms = Platforms(10.0, 4)
    at: dict[int, str] = {}
    names: dict[int, str] = {}
    for host, word, what, named in events:
        if what == "saw":
            at[host] = word
            platforms.saw(host, word)
        elif what == "drop":
            at.pop(host, None)
            names.pop(host, None)
            platforms.drop(host)
        else:
            names.pop(host, None)
            if named:
                names[host] = word + "平台"
            platforms.name(host, f"h{host}", names.get(host))
    for address in ("a", "b", "c"):
        here = platforms._addresses.get(address)
        hosts = [host for host, where in at.items() if where == address]
        assert (here.hosts if here else 0) == len(hosts)
        assert sum(here.names.values() if here else ()) == sum(host in names for host in hosts)
        if len(hosts) >= 4:
            assert all(platforms.of(host) is not None for host in hosts)
        if len(hosts) < 2:
            assert all((platforms.of(host) is None) == (host not in names) for host in hosts)
