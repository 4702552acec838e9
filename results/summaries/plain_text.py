"""Numbers, time spans and tables as text, the same in progress, status and report."""

from collections.abc import Sequence


def duration(seconds: float) -> str:
    """Return a time in the unit that suits it: "0.4 s", "12 s", "3.5 min", "2.0 h", "4.1 days"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    for unit, length, most in (("min", 60, 7200), ("h", 3600, 172_800)):
        if seconds < most:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds / 86_400:.1f} days"


def count(number: int, noun: str) -> str:
    """Return a number of things: "1 network", "5,600 evaluations"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def cell(value: object) -> str:
    """Return a value for reading; a hyphen where there is none."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"
    return str(value)


def aligned(rows: Sequence[Sequence[str]], words: int) -> str:
    """Return rows as columns of text: the first `words` flush left, numbers flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(
            cell.ljust(width) if place < words else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
    return "\n".join(line.rstrip() for line in lines)
