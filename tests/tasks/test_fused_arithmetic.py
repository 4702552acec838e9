"""The arithmetic of environments is not fused, so that it gives the same bits on every processor."""

import re
from typing import Any

import numba
import pytest

from spikevolve.sim.compile import processor
from spikevolve.tasks.builtin import (
    acrobot,
    cartpole,
    double_pole,
    mountain_car,
    navigation,
    pendulum,
)
from spikevolve.tasks.control.compiled_environment import OBSERVE, STEP

FUNCTIONS: dict[str, tuple[Any, Any]] = {
    "acrobot observe": (acrobot.observe, OBSERVE),
    "acrobot step": (acrobot.step, STEP),
    "cartpole step": (cartpole.step, STEP),
    "cartpole step_idling": (cartpole.step_idling, STEP),
    "double_pole step": (double_pole.step, STEP),
    "mountain_car step": (mountain_car.step, STEP),
    "mountain_car step_continuous": (mountain_car.step_continuous, STEP),
    "navigation observe": (navigation.observe, OBSERVE),
    "navigation step": (navigation.step, STEP),
    "pendulum observe": (pendulum.observe, OBSERVE),
    "pendulum step": (pendulum.step, STEP),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_multiplication_is_fused_with_an_addition(name: str) -> None:
    if "+fma" not in processor()[2].split(","):
        pytest.skip("this processor has no fused multiply-add, or is of another kind")
    function, signature = FUNCTIONS[name]

    anew: Any = numba.njit(signature, nogil=True, error_model="numpy")(function.py_func)
    [code] = anew.inspect_asm().values()

    assert re.search(r"\bv?add[ps]d\b", code)
    assert re.search(r"\bv?mul[ps]d\b", code)
    assert not re.search(r"\bvfn?m(add|sub)", code)
