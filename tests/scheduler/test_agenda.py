from hypothesis import given
from hypothesis import strategies as st

from scheduler.agenda import Agenda

HOSTS = st.integers(0, 4)
TIMES = st.integers(0, 20).map(float)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("schedule"), HOSTS, TIMES),
        st.tuples(st.just("remove"), HOSTS, st.just(0.0)),
        st.tuples(st.just("pop"), st.just(0), TIMES),
    ),
    max_size=60,
)


@given(STEPS)
def test_the_agenda_does_what_a_plain_dictionary_would(steps: list[tuple[str, int, float]]) -> None:
    agenda = Agenda()
    model: dict[int, float] = {}
    for what, host, time in steps:
        if what == "schedule":
            agenda.schedule(host, time)
            model[host] = time
        elif what == "remove":
            agenda.remove(host)
            model.pop(host, None)
        else:
            ready = [(at, name) for name, at in model.items() if at <= time]
            expected = min(ready)[1] if ready else None
            assert agenda.pop(time) == expected
            if expected is not None:
                del model[expected]
        assert len(agenda) == len(model)
        assert agenda.next_ready() == min(model.values(), default=None)
        assert all((name in agenda) == (name in model) for name in range(5))


def test_a_later_word_on_a_host_replaces_the_earlier_one() -> None:
    agenda = Agenda()
    agenda.schedule(1, 5.0)
    agenda.schedule(1, 9.0)
    assert agenda.pop(6.0) is None
    assert agenda.pop(9.0) == 1
    assert agenda.pop(9.0) is None


def test_a_host_scheduled_twice_for_the_same_time_comes_up_once() -> None:
    agenda = Agenda()
    agenda.schedule(1, 5.0)
    agenda.remove(1)
    agenda.schedule(1, 5.0)
    assert agenda.pop(5.0) == 1
    assert agenda.pop(5.0) is None
    assert agenda.next_ready() is None
