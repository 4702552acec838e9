"""Vector code for Numba: a block of lanes at a time, written by LLVM's own vector types.

Numba compiles loops over lanes to vector code only if it can prove that no array overlaps another,
and never to additions under a mask. The kernels that matter most are therefore written in terms of
`Vector`: Python code that runs while Numba compiles, once, and in which every operator appends LLVM
instructions for a whole block. LLVM turns each into one instruction where the processor has vectors
as long, and into a few where its vectors are shorter. The results are the same everywhere: single
operations, never fused or reordered.

A block has 16 lanes. Its bits in memory are in the order of `bits.pack_lanes` on a little-endian
processor: block b of a row of 64-bit words is bits 16·(b % 4) … of word b // 4.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils as numba_cgutils

from ..compile import processor
from ..neurons.neuron_model import FLUSH, Lanes

cgutils: Any = numba_cgutils  # Numba's helpers for writing LLVM code, which have no types

WIDTH = 16  # lanes of a block

BLOCK_BITS = ir.IntType(WIDTH)  # the bits of a block in memory
INDEX = ir.IntType(64)

#: Whether the processor keeps the truth values of a block as bits; others keep them as vectors.
MASKS_ARE_BITS = "+avx512f" in processor()[2].split(",")

_INT32 = ir.IntType(32)
_BITS = ir.VectorType(ir.IntType(1), WIDTH)  # the bits of a block in a register
_EVERYWHERE = ir.Constant(ir.VectorType(_INT32, WIDTH), [0] * WIDTH)


class Vector(Lanes):
    """The numbers, or truth values, of a block, while code that computes with them is written.

    Attributes:
        builder: LLVM's builder, which appends the instructions.
        value: The LLVM value, such as one of type <16 x float>, <16 x i32> or <16 x i1>.
    """

    def __init__(self, builder: Any, value: Any) -> None:
        self.builder, self.value = builder, value

    @classmethod
    def equal(cls, builder: Any, number: Any) -> "Vector":
        """Return the same number, an LLVM value, in all lanes."""
        vector = ir.VectorType(number.type, WIDTH)
        first = builder.insert_element(ir.Constant(vector, ir.Undefined), number, _INT32(0))
        return cls(builder, builder.shuffle_vector(first, first, _EVERYWHERE))

    @classmethod
    def load(cls, builder: Any, pointer: Any) -> "Vector":
        """Return the numbers that begin at a pointer to one; they need not be aligned."""
        vector = ir.VectorType(pointer.type.pointee, WIDTH)
        return cls(builder, builder.load(builder.bitcast(pointer, vector.as_pointer()), align=4))

    @classmethod
    def nowhere(cls, builder: Any) -> "Vector":
        """Return truth values that are all false."""
        return cls(builder, ir.Constant(_BITS, [0] * WIDTH))

    def store(self, pointer: Any) -> None:
        """Write the numbers to memory from a pointer to one on."""
        self.builder.store(
            self.value, self.builder.bitcast(pointer, self.value.type.as_pointer()), align=4
        )

    def store_bits(self, pointer: Any) -> None:
        """Write truth values to a pointer to `BLOCK_BITS`."""
        self.builder.store(self.as_integer(), pointer)

    def as_integer(self) -> Any:
        """Return truth values as an LLVM integer, `BLOCK_BITS`."""
        return self.builder.bitcast(self.value, BLOCK_BITS)

    @property
    def is_float(self) -> bool:
        """Whether the numbers are float32 or float64."""
        return isinstance(self.value.type.element, ir.FloatType | ir.DoubleType)

    def _new(self, value: Any) -> "Vector":
        return Vector(self.builder, value)

    def _value_of(self, other: Any) -> Any:
        return (other if isinstance(other, Vector) else self.constant(other)).value

    def __add__(self, other: Any) -> "Vector":
        """Return sums."""
        emit = self.builder.fadd if self.is_float else self.builder.add
        return self._new(emit(self.value, self._value_of(other)))

    def __sub__(self, other: Any) -> "Vector":
        """Return differences."""
        emit = self.builder.fsub if self.is_float else self.builder.sub
        return self._new(emit(self.value, self._value_of(other)))

    def __mul__(self, other: Any) -> "Vector":
        """Return products."""
        emit = self.builder.fmul if self.is_float else self.builder.mul
        return self._new(emit(self.value, self._value_of(other)))

    def __rmul__(self, other: float) -> "Vector":
        """Return products with a number that is known now."""
        return self.constant(other) * self

    def __and__(self, other: Any) -> "Vector":
        """Return bits set in both; integers only."""
        return self._new(self.builder.and_(self.value, self._value_of(other)))

    def __lshift__(self, other: Any) -> "Vector":
        """Return the numbers shifted left; integers only."""
        return self._new(self.builder.shl(self.value, self._value_of(other)))

    def __rshift__(self, other: Any) -> "Vector":
        """Return the numbers shifted right, with the sign; integers only."""
        return self._new(self.builder.ashr(self.value, self._value_of(other)))

    def _compare(self, operator: str, other: Any) -> "Vector":
        emit = self.builder.fcmp_ordered if self.is_float else self.builder.icmp_signed
        return self._new(emit(operator, self.value, self._value_of(other)))

    def __ge__(self, other: Any) -> "Vector":
        """Return where the first is at least the second."""
        return self._compare(">=", other)

    def __gt__(self, other: Any) -> "Vector":
        """Return where the first is more than the second."""
        return self._compare(">", other)

    def differs(self, other: Any) -> "Vector":
        """Return where the numbers are not equal; NaN differs from all."""
        emit = self.builder.fcmp_unordered if self.is_float else self.builder.icmp_signed
        return self._new(emit("!=", self.value, self._value_of(other)))

    def where(self, condition: "Vector", other: Any) -> "Vector":
        """Return these numbers where the condition holds, elsewhere the other ones."""
        return self._new(self.builder.select(condition.value, self.value, self._value_of(other)))

    def larger(self, other: "Vector") -> "Vector":
        """Return the larger one of each pair."""
        return self.where(self > other, other)

    def both(self, other: "Vector") -> "Vector":
        """Return where both truth values hold."""
        return self._new(self.builder.and_(self.value, other.value))

    def without(self, other: "Vector") -> "Vector":
        """Return where the first truth value holds and the other does not."""
        return self._new(self.builder.and_(self.value, self.builder.not_(other.value)))

    def flushed(self) -> "Vector":
        """Return the numbers, 0 for those closer to 0 than `FLUSH`; float32 only."""
        kind, name = self.value.type, f"llvm.fabs.v{WIDTH}f32"
        absolute = cgutils.get_or_insert_function(
            self.builder.module, ir.FunctionType(kind, [kind]), name
        )
        size = self._new(self.builder.call(absolute, [self.value]))
        return self.where(size >= FLUSH, 0)

    def constant(self, number: float) -> "Vector":
        """Return a number that is known now in all lanes."""
        same = float(number) if self.is_float else int(number)
        return self._new(ir.Constant(self.value.type, [same] * WIDTH))


def load_bits(builder: Any, pointer: Any) -> Vector:
    """Return the truth values of a block, from a pointer to `BLOCK_BITS`."""
    return Vector(builder, builder.bitcast(builder.load(pointer), _BITS))


def load_mask(builder: Any, pointer: Any, number_bits: int) -> Vector:
    """Return the truth values of a block, as `load_bits` does, to be combined with others.

    Processors whose masks are vectors combine them where they have the size of the numbers; LLVM would
    unpack them to that size for every use.
    """
    if MASKS_ARE_BITS:
        return load_bits(builder, pointer)
    integer = ir.IntType(number_bits)
    each = ir.Constant(ir.VectorType(integer, WIDTH), [1 << lane for lane in range(WIDTH)])
    everywhere = Vector.equal(builder, builder.zext(builder.load(pointer), integer))
    return Vector(builder, builder.icmp_signed("==", builder.and_(everywhere.value, each), each))


def any_bit(builder: Any, pointer: Any, blocks: int) -> Any:
    """Return the bits of so many blocks from a pointer to `BLOCK_BITS` on, and whether any is set.

    Returns:
        An LLVM integer of all the bits; an LLVM truth value.
    """
    row = ir.IntType(WIDTH * blocks)
    # An empty piece of assembler: LLVM must not see that these bits are also read by `load_bits`,
    # because it would take them apart with shifts instead of loading them as masks.
    kind = ir.FunctionType(pointer.type, [pointer.type])
    same = builder.asm(kind, "", "=r,0", [pointer], False)
    bits = builder.load(builder.bitcast(same, row.as_pointer()), align=2)
    return bits, builder.icmp_unsigned("!=", bits, row(0))


def set_bits(builder: Any, pointer: Any) -> Vector:
    """Return which of the 16 bytes from a pointer to one on are not 0."""
    row = ir.VectorType(pointer.type.pointee, WIDTH)
    octets = builder.load(builder.bitcast(pointer, row.as_pointer()), align=1)
    return Vector(builder, builder.icmp_unsigned("!=", octets, ir.Constant(row, [0] * WIDTH)))


def pointer_to(context: Any, builder: Any, array: Any, value: Any, kind: Any = None) -> Any:
    """Return a pointer to the first element of a Numba array, or to the first `kind` in its memory."""
    data = cgutils.create_struct_proxy(array)(context, builder, value=value).data
    return data if kind is None else builder.bitcast(data, kind.as_pointer())
