"""Sums over the lanes of a batch, as vector code: the innermost loops of learning.

Numba would compile them to vector code only behind checks that no array overlaps another, which cost more
than they save in 32 lanes. Every product and sum is rounded by itself, in the order of the lanes' loops.
"""

from typing import Any

import numpy as np
from numba import types

from ...sim.compile import by_type, intrinsic
from ...sim.kernels.vectors import INDEX, WIDTH, Vector, pointer_to

#: Samples of a batch.
LANES = 2 * WIDTH


def add_scaled(total: Any, at: Any, weight: Any, source: Any, source_at: Any) -> None:
    """Add a multiple of a row of lanes to another one.

    Places count numbers in memory, from the beginning of an array.

    Args:
        total: float32, C-contiguous; the row from `at` on is changed.
        at: int64.
        weight: float32.
        source: float32, C-contiguous; the row from `source_at` on is read.
        source_at: int64.
    """
    total, source = total.reshape(-1), source.reshape(-1)
    for lane in range(LANES):
        total[at + lane] += weight * source[source_at + lane]


@by_type(add_scaled, inline=True)
def _add_scaled_of(total, at, weight, source, source_at):  # type: ignore[no-untyped-def]
    return lambda total, at, weight, source, source_at: _add_scaled(
        total, np.int64(at), weight, source, np.int64(source_at)
    )


def add_products(
    total: Any, at: Any, first: Any, first_at: Any, second: Any, second_at: Any
) -> None:
    """Add the products of two rows of lanes to a third.

    Args:
        total: float32, C-contiguous; the row from `at` on is changed.
        at: int64.
        first: float32, C-contiguous; the row from `first_at` on is read.
        first_at: int64.
        second: As `first`.
        second_at: int64.
    """
    total, first, second = total.reshape(-1), first.reshape(-1), second.reshape(-1)
    for lane in range(LANES):
        total[at + lane] += first[first_at + lane] * second[second_at + lane]


@by_type(add_products, inline=True)
def _add_products_of(total, at, first, first_at, second, second_at):  # type: ignore[no-untyped-def]
    return lambda total, at, first, first_at, second, second_at: _add_products(
        total, np.int64(at), first, np.int64(first_at), second, np.int64(second_at)
    )


@intrinsic
def _add_scaled(typing_context, total, at, weight, source, source_at):  # type: ignore[no-untyped-def]
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _, at, weight, _, source_at = arguments
        totals = pointer_to(context, builder, total, arguments[0])
        sources = pointer_to(context, builder, source, arguments[3])
        factor = Vector.equal(builder, weight)
        for block in _blocks(builder, totals, at, sources, source_at):
            (Vector.load(builder, block[0]) + factor * Vector.load(builder, block[1])).store(
                block[0]
            )
        return context.get_dummy_value()

    return types.void(total, types.int64, types.float32, source, types.int64), generate


@intrinsic
def _add_products(typing_context, total, at, first, first_at, second, second_at):  # type: ignore[no-untyped-def]
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _, at, _, first_at, _, second_at = arguments
        totals, firsts, seconds = (
            pointer_to(context, builder, kind, arguments[place])
            for kind, place in ((total, 0), (first, 2), (second, 4))
        )
        for block in _blocks(builder, totals, at, firsts, first_at, seconds, second_at):
            product = Vector.load(builder, block[1]) * Vector.load(builder, block[2])
            (Vector.load(builder, block[0]) + product).store(block[0])
        return context.get_dummy_value()

    where = types.int64
    return types.void(total, where, first, where, second, where), generate


def _blocks(builder: Any, *rows: Any) -> list[list[Any]]:
    """Return pointers to the blocks of several rows, given as pointer and place by turns."""
    starts = [builder.gep(rows[n], [rows[n + 1]]) for n in range(0, len(rows), 2)]
    return [
        [builder.gep(start, [INDEX(block * WIDTH)]) for start in starts]
        for block in range(LANES // WIDTH)
    ]
