"""Spikes as bits: lane l of a sample batch is bit l % 64 of word l // 64."""

import numpy as np
from numpy.typing import NDArray

BITS = 64  # lanes of a word


def words(lanes: int) -> int:
    """Return the number of 64-bit words that hold `lanes` bits."""
    return -(-lanes // BITS)


def pack_lanes(spikes: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Pack the last axis: (…, lanes) bool to (…, words) uint64; bits past the lanes are 0."""
    lanes = spikes.shape[-1]
    padded = np.zeros((*spikes.shape[:-1], words(lanes) * BITS), np.bool_)
    padded[..., :lanes] = spikes
    packed = np.packbits(padded, axis=-1, bitorder="little")
    return packed.view("<u8").astype(np.uint64, copy=False)


def unpack_lanes(packed: NDArray[np.uint64], lanes: int) -> NDArray[np.bool_]:
    """Undo `pack_lanes`: (…, words) uint64 to (…, lanes) bool."""
    octets = np.ascontiguousarray(packed).astype("<u8", copy=False).view(np.uint8)
    return np.unpackbits(octets, axis=-1, count=lanes, bitorder="little").view(np.bool_)
