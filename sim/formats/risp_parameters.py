"""The parameters of RISP's processor, `proc_params` of a file: which there are, and what they may be.

Noise of size 0, with its seed, is none, and is passed over. An unknown parameter might change what a
network does, and is refused.
"""

from collections.abc import Mapping
from typing import Any

from ...errors import InputError
from ..risp_processor import RispSettings
from .json_text import flag, number, shown, whole

_LARGEST = 2**29  # of a weight or threshold in a discrete network
_PARAMETERS = (
    *("discrete", "leak_mode", "threshold_inclusive", "run_time_inclusive", "fire_like_ravens"),
    *("min_weight", "max_weight", "weights", "inputs_from_weights", "spike_value_factor"),
    *("min_threshold", "max_threshold", "min_potential", "max_delay"),
    *("noisy_stddev", "noisy_seed", "stds"),
)


def processor_parameters(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a file's parameters, with defaults for the switches and the leak mode that it leaves out.

    Raises:
        InputError: Naming the key, its value and what is allowed; also for noise, and for another
            processor than RISP.
    """
    data = document.get("Associated_Data")
    parameters = data.get("proc_params") if isinstance(data, dict) else None
    if not isinstance(parameters, dict):
        raise InputError(
            "Associated_Data: the key 'proc_params' is missing; it must be an object, the "
            "parameters of the processor"
        )
    other = data.get("other") if isinstance(data, dict) else None
    processor = other.get("proc_name", "risp") if isinstance(other, dict) else "risp"
    if processor != "risp":
        raise InputError(
            f"Associated_Data: proc_name is {shown(processor)}; it must be risp, the only one of "
            "TENNLab's processors whose networks are read"
        )
    for key in ("discrete", "min_potential"):
        if key not in parameters:
            raise InputError(f"proc_params: the key {key!r} is missing")
    for key in parameters:
        if key not in _PARAMETERS:
            known = ", ".join(_PARAMETERS)
            raise InputError(f"proc_params: the key {key!r} is unknown; there may be {known}")
    _refuse_noise(parameters)
    switches = {"threshold_inclusive": True, "fire_like_ravens": False}
    checked = dict(parameters)
    for key, default in (switches | {"discrete": None}).items():
        checked[key] = flag(parameters.get(key, default), f"proc_params: {key}")
    mode = checked.setdefault("leak_mode", "none")
    if mode not in ("none", "all", "configurable"):
        raise InputError(
            f"proc_params: leak_mode is {shown(mode)}; it must be none, all or configurable"
        )
    return checked


def _refuse_noise(parameters: Mapping[str, Any]) -> None:
    for key in ("noisy_stddev", "stds"):
        value = parameters.get(key, 0)
        sizes = value if isinstance(value, list) else [value]
        if any(number(size, f"proc_params: {key}") != 0 for size in sizes):
            raise InputError(
                f"proc_params: {key} is {shown(value)}; it must be 0, since RISP is simulated without "
                "noise"
            )


def input_settings(parameters: Mapping[str, Any]) -> RispSettings:
    """Return what the parameters say about input and time.

    Raises:
        InputError: Naming the parameter, its value and what is allowed.
    """
    weights = parameters.get("weights", [])
    if not isinstance(weights, list):
        raise InputError(f"proc_params: weights is {shown(weights)}; it must be a list of numbers")
    discrete = parameters["discrete"]
    values = tuple(charge_of(weight, "proc_params: a weight", discrete) for weight in weights)
    largest = max(values) if values else parameters.get("max_weight", 1)
    settings = RispSettings(
        number(parameters.get("spike_value_factor", largest), "proc_params: spike_value_factor"),
        values,
        flag(parameters.get("inputs_from_weights", False), "proc_params: inputs_from_weights"),
        flag(parameters.get("run_time_inclusive", False), "proc_params: run_time_inclusive"),
    )
    if settings.inputs_from_weights and not values:
        raise InputError("proc_params: inputs_from_weights is true; then there must be weights")
    return settings


def charge_of(value: object, name: str, discrete: bool) -> float:
    """Return a weight, threshold or potential: a whole number if the network is discrete.

    Raises:
        InputError: Naming it.
    """
    return whole(value, name, -_LARGEST, _LARGEST) if discrete else number(value, name)
