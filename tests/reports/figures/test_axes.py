"""Scales and ticks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.figures.axes import Scale, fitting, linear, tick_name


def test_a_linear_scale_maps_values_to_pixels_and_keeps_to_its_ends():
    """What lies outside is drawn at the edge."""
    scale = linear(10.0, 100.0, 200.0)

    assert [scale(value) for value in (0.0, 5.0, 10.0, 99.0, -1.0)] == [100.0, 150.0, 200.0, 200.0, 100.0]


def test_values_far_apart_get_a_log_scale_and_others_do_not():
    """On a linear axis a millisecond beside two seconds is on the floor."""
    assert fitting([3.0, 2000.0], 0, 100).log
    assert not fitting([100.0, 400.0], 0, 100).log
    assert fitting([100.0, 400.0], 0, 100).low == 0.0


def test_the_same_ratio_is_the_same_distance_on_a_log_scale():
    """That is what it is for."""
    scale = Scale(1.0, 100.0, 0.0, 200.0, log=True)

    assert [scale(value) for value in (1.0, 10.0, 100.0)] == pytest.approx([0.0, 100.0, 200.0])


@pytest.mark.parametrize("values", [[], [0.0], [5.0], [0.0, 0.0]])
def test_a_scale_of_hardly_any_values_still_has_ticks(values):
    """An empty plot is drawn, not divided by zero."""
    scale = fitting(values, 0, 100)

    assert scale.ticks()
    assert scale(1.0) <= 100


def test_ticks_are_round():
    """Ones, twos and fives."""
    assert linear(93.0, 0, 1).ticks(6) == (0, 20, 40, 60, 80)
    assert Scale(2, 5000, 0, 1, log=True).ticks(6) == (3, 10, 30, 100, 300, 1000, 3000)
    assert Scale(0.0001, 1000, 0, 1, log=True).ticks(6)[0] == pytest.approx(0.0001)


@given(low=st.floats(1e-3, 1e5), ratio=st.floats(1.001, 1e8), log=st.booleans())
def test_there_are_some_ticks_not_too_many_and_all_inside(low, ratio, log):
    """Whatever the values."""
    high = low * ratio
    scale = Scale(low, high, 0.0, 100.0, log=log)
    ticks = scale.ticks(6)

    assert len(ticks) <= 14
    assert all(low * 0.99 <= tick <= high * 1.01 for tick in ticks)
    assert list(ticks) == sorted(ticks)


@given(st.lists(st.floats(0, 1e7), max_size=20))
def test_a_fitting_scale_holds_all_values(values):
    """No mark leaves the plot."""
    scale = fitting(values, 0.0, 100.0)

    assert all(-1e-6 <= scale(value) <= 100.000001 for value in values)


def test_ticks_are_named_without_idle_zeros():
    """And with grouped thousands."""
    assert [tick_name(value) for value in (0.0, 0.5, 20.0, 3000.0, 0.25)] == [
        "0",
        "0.5",
        "20",
        "3,000",
        "0.25",
    ]


def test_a_scale_tells_the_script_what_it_is():
    """The page's script maps the pointer with it."""
    assert Scale(2.0, 5000.0, 330.0, 60.0, log=True).as_data == "log,2,5000,330.0,60.0"
