"""Vector code for Numba: 16 lanes of float32 or int32 at a time, written by LLVM's own vector types.

Numba compiles loops over lanes to vector code only if it can prove that no array overlaps another,
and never to additions under a mask. The kernels that matter most are therefore written in terms of
`Vector`: Python code that runs while Numba compiles, once, and in which every operator appends LLVM
instructions for 16 lanes. LLVM turns each into one instruction where the processor has 512-bit
vectors, and into a few where its vectors are shorter. The results are the same everywhere: single
operations, never fused or reordered.

Bits in memory come 16 for a block of lanes, in the order of `bits.pack_lanes` on a little-endian
processor: block b of a row of 64-bit words is bits 16·(b % 4) … of word b // 4.
"""

from typing import Any

from llvmlite import ir
from numba.core import cgutils as numba_cgutils

cgutils: Any = numba_cgutils  # Numba's helpers for writing LLVM code, which have no types

WIDTH = 16  # lanes of a block

BLOCK_BITS = ir.IntType(WIDTH)  # the bits of a block in memory
BITS = ir.VectorType(ir.IntType(1), WIDTH)  # … and in a register
INDEX = ir.IntType(64)

_INT32 = ir.IntType(32)
_EVERYWHERE = ir.Constant(ir.VectorType(_INT32, WIDTH), [0] * WIDTH)


class Vector:
    """16 numbers in a register, float32 or int32, while code that computes with them is written.

    Attributes:
        builder: LLVM's builder, which appends the instructions.
        value: The LLVM value, of type <16 x float> or <16 x i32>.
    """

    def __init__(self, builder: Any, value: Any) -> None:
        self.builder, self.value = builder, value

    @classmethod
    def equal(cls, builder: Any, number: Any) -> "Vector":
        """16 times the same number, an LLVM value."""
        vector = ir.VectorType(number.type, WIDTH)
        first = builder.insert_element(ir.Constant(vector, ir.Undefined), number, _INT32(0))
        return cls(builder, builder.shuffle_vector(first, first, _EVERYWHERE))

    @classmethod
    def load(cls, builder: Any, pointer: Any) -> "Vector":
        """The 16 numbers that begin at a pointer to one; they need not be aligned."""
        vector = ir.VectorType(pointer.type.pointee, WIDTH)
        return cls(builder, builder.load(builder.bitcast(pointer, vector.as_pointer()), align=4))

    def store(self, pointer: Any) -> None:
        """Write them to memory from a pointer to one number on."""
        self.builder.store(
            self.value, self.builder.bitcast(pointer, self.value.type.as_pointer()), align=4
        )

    @property
    def is_float(self) -> bool:
        """Whether the numbers are float32."""
        return isinstance(self.value.type.element, ir.FloatType)

    def _new(self, value: Any) -> "Vector":
        return Vector(self.builder, value)

    def __add__(self, other: "Vector") -> "Vector":
        """Sums."""
        emit = self.builder.fadd if self.is_float else self.builder.add
        return self._new(emit(self.value, other.value))

    def __sub__(self, other: "Vector") -> "Vector":
        """Differences."""
        emit = self.builder.fsub if self.is_float else self.builder.sub
        return self._new(emit(self.value, other.value))

    def __mul__(self, other: "Vector") -> "Vector":
        """Products."""
        emit = self.builder.fmul if self.is_float else self.builder.mul
        return self._new(emit(self.value, other.value))

    def __and__(self, other: "Vector") -> "Vector":
        """Bits set in both; int32 only."""
        return self._new(self.builder.and_(self.value, other.value))

    def __lshift__(self, other: "Vector") -> "Vector":
        """Shifted left; int32 only."""
        return self._new(self.builder.shl(self.value, other.value))

    def __rshift__(self, other: "Vector") -> "Vector":
        """Shifted right, with the sign; int32 only."""
        return self._new(self.builder.ashr(self.value, other.value))

    def __ge__(self, other: "Vector") -> Any:
        """Bits: where the first is at least the second."""
        compare = self.builder.fcmp_ordered if self.is_float else self.builder.icmp_signed
        return compare(">=", self.value, other.value)

    def __gt__(self, other: "Vector") -> Any:
        """Bits: where the first is more than the second."""
        compare = self.builder.fcmp_ordered if self.is_float else self.builder.icmp_signed
        return compare(">", self.value, other.value)

    def differs(self, other: "Vector") -> Any:
        """Bits: where the numbers are not equal; integers only."""
        return self.builder.icmp_signed("!=", self.value, other.value)

    def where(self, bits: Any, other: "Vector") -> "Vector":
        """These numbers where a bit is set, elsewhere the other ones."""
        return self._new(self.builder.select(bits, self.value, other.value))

    def larger(self, other: "Vector") -> "Vector":
        """The larger one of each pair."""
        return self.where(self > other, other)

    def smaller(self, other: "Vector") -> "Vector":
        """The smaller one of each pair."""
        return other.where(self > other, self)

    def flushed(self, limit: float) -> "Vector":
        """With 0 for numbers closer to 0 than the limit; float32 only."""
        kind, name = self.value.type, f"llvm.fabs.v{WIDTH}f32"
        absolute = cgutils.get_or_insert_function(
            self.builder.module, ir.FunctionType(kind, [kind]), name
        )
        size = self._new(self.builder.call(absolute, [self.value]))
        return self.where(size >= self.constant(limit), self.constant(0.0))

    def constant(self, number: float) -> "Vector":
        """16 times a number that is known now."""
        same = float(number) if self.is_float else int(number)
        return self._new(ir.Constant(self.value.type, [same] * WIDTH))


def load_bits(builder: Any, pointer: Any) -> Any:
    """The bits of a block, from a pointer to `BLOCK_BITS`."""
    return builder.bitcast(builder.load(pointer), BITS)


def store_bits(builder: Any, bits: Any, pointer: Any) -> None:
    """Write the bits of a block to a pointer to `BLOCK_BITS`."""
    builder.store(builder.bitcast(bits, BLOCK_BITS), pointer)


def any_bit(builder: Any, pointer: Any, blocks: int) -> Any:
    """Whether any bit of so many blocks from a pointer to `BLOCK_BITS` on is set."""
    row = ir.IntType(WIDTH * blocks)
    # An empty piece of assembler: LLVM must not see that these bits are also read by `load_bits`,
    # because it would take them apart with shifts instead of loading them as masks.
    kind = ir.FunctionType(pointer.type, [pointer.type])
    same = builder.asm(kind, "", "=r,0", [pointer], False)
    bits = builder.load(builder.bitcast(same, row.as_pointer()), align=2)
    return builder.icmp_unsigned("!=", bits, row(0))


def set_bits(builder: Any, pointer: Any) -> Any:
    """Which of the 16 bytes from a pointer to one on are not 0, as bits."""
    row = ir.VectorType(pointer.type.pointee, WIDTH)
    octets = builder.load(builder.bitcast(pointer, row.as_pointer()), align=1)
    return builder.icmp_unsigned("!=", octets, ir.Constant(row, [0] * WIDTH))


def pointer_to(context: Any, builder: Any, array: Any, value: Any, kind: Any = None) -> Any:
    """Pointer to the first element of a Numba array, or to the first `kind` in its memory."""
    data = cgutils.create_struct_proxy(array)(context, builder, value=value).data
    return data if kind is None else builder.bitcast(data, kind.as_pointer())
