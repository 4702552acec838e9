"""Versions of the packages that results depend on, compared where a search goes on, or on other machines.

Any difference counts: a patch release may change how NumPy draws, or how Numba orders a sum.
"""

import platform
from collections.abc import Collection, Mapping
from importlib.metadata import PackageNotFoundError, version

#: What every network is measured and varied with.
PACKAGES = ("spikevolve", "deap", "gymnasium", "numba", "numpy")
#: They carry data, whose digest is compared, or results that are in no table.
WITHOUT_EFFECT = ("pandas", "pyarrow", "ray", "scikit-learn")


def installed_versions(packages: Collection[str] = PACKAGES) -> dict[str, str]:
    """Return the versions of Python and of packages by name; "none" for one that is not installed."""
    return {"python": platform.python_version()} | {name: _version(name) for name in packages}


def version_differences(other: Mapping[str, str], own: Mapping[str, str], own_are: str) -> str:
    """Return which versions differ, such as "numpy 2.2.0 (here 2.3.1)"; an empty text where none does.

    Args:
        other: Versions by name, of another time or another machine.
        own: Those that they are compared with. Only names that both have count.
        own_are: What these are called in parentheses.
    """
    pairs = ((name, other[name], own[name]) for name in sorted({*other} & {*own}))
    return ", ".join(f"{name} {a} ({own_are} {b})" for name, a, b in pairs if a != b)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
