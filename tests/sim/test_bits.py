"""Spikes as bits."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from spikevolve.sim.batch import pack_lanes, unpack_lanes, words


@given(lanes=st.integers(0, 200), rows=st.integers(0, 3), seed=st.integers(0, 2**32))
def test_packing_is_undone_by_unpacking(lanes: int, rows: int, seed: int) -> None:
    spikes = np.random.default_rng(seed).random((2, rows, lanes)) < 0.5

    packed = pack_lanes(spikes)

    assert packed.dtype == np.uint64
    assert packed.shape == (2, rows, words(lanes))
    np.testing.assert_array_equal(unpack_lanes(packed, lanes), spikes)


def test_lane_l_is_bit_l_of_its_word() -> None:
    for lane in (0, 1, 63, 64, 100):
        spikes = np.zeros(130, bool)
        spikes[lane] = True

        assert pack_lanes(spikes).tolist() == [
            2 ** (lane % 64) if word == lane // 64 else 0 for word in range(3)
        ]
