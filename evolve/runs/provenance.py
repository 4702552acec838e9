"""What produced a run: versions, processor, time and commit."""

import platform
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

LIBRARIES = (
    "spikevolve",
    "deap",
    "gymnasium",
    "numba",
    "numpy",
    "pandas",
    "pyarrow",
    "ray",
    "scikit-learn",
)


def provenance(packages: Iterable[str] = ()) -> dict[str, object]:
    """Return versions, processor, time and the source's git commit (None outside a checkout).

    Args:
        packages: Names of packages whose versions matter besides those of our libraries.
    """
    return {
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in sorted({*LIBRARIES, *packages})},
        "platform": platform.platform(),
        "processor": _processor(),
        "git_commit": _git_commit(),
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _git_commit() -> str | None:
    """Return the commit of the checkout that this file is in, if it is in one."""
    checkout = Path(__file__).resolve().parents[2]
    if not (checkout / ".git").exists():
        return None
    try:
        answer = subprocess.run(
            ["git", "-C", str(checkout), "rev-parse", "HEAD"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
