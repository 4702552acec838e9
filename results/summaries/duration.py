"""A time span in words, the same in progress, status and report."""


def duration(seconds: float) -> str:
    """A time in the unit that suits it: "0.4 s", "12 s", "3.5 min", "2.0 h", "4.1 days"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 120:
        return f"{seconds:.0f} s"
    for unit, length, most in (("min", 60, 7200), ("h", 3600, 172_800)):
        if seconds < most:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds / 86_400:.1f} days"
