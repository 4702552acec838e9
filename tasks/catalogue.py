"""The built-in tasks in numbers, so that a list of them loads no data and compiles nothing.

The tests compare every number with what the task says of itself once it is loaded.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple


class Entry(NamedTuple):
    """A task as it is with its own settings.

    Attributes:
        inputs: Inputs of a network for it.
        outputs: Outputs of a network for it.
        ticks: Length of the window of one sample or decision.
        unit: What networks are measured on.
        training: How many of them there are for training.
        test: How many are held out for the test.
        chance_score: Score of the best constant answer, to four digits.
        guess_score: Score of random guessing, to four digits.
    """

    inputs: int
    outputs: int
    ticks: int
    unit: Literal["samples", "episodes"]
    training: int
    test: int
    chance_score: float
    guess_score: float


#: By name, in the order of the registry; None for tasks whose data the user brings.
CATALOGUE: Mapping[str, Entry | None] = MappingProxyType(
    {
        "xor": Entry(3, 2, 16, "samples", 4, 0, 0.5, 0.5),
        "gaps": Entry(1, 2, 24, "samples", 4, 0, 0.5, 0.5),
        "iris": Entry(8, 3, 10, "samples", 100, 50, 0.34, 0.3333),
        "wine": Entry(26, 3, 10, "samples", 119, 59, 0.4034, 0.3333),
        "breast_cancer": Entry(60, 2, 10, "samples", 381, 188, 0.6273, 0.5),
        "digits": Entry(64, 10, 6, "samples", 962, 594, 0.0814, 0.1),
        "moving_digits": Entry(50, 10, 30, "samples", 962, 594, 0.0814, 0.1),
        "cylinder_bell_funnel": Entry(4, 3, 128, "samples", 201, 99, 0.3333, 0.3333),
        "mackey_glass": Entry(12, 1, 32, "samples", 750, 750, 0.8933, 0.8335),
        "reconstruct": Entry(16, 16, 12, "samples", 962, 594, 0.8503, 0.6308),
        "recall": Entry(16, 16, 12, "samples", 120, 60, 0.6677, 0.4994),
        "shd": None,
        "nmnist": None,
        "data": None,
        "csv": None,
        "cartpole": Entry(8, 2, 8, "episodes", 10, 1000, 11, 22.3),
        "cartpole_easy": Entry(8, 2, 24, "episodes", 16, 1000, 12, 21.9),
        "cartpole_medium": Entry(8, 3, 24, "episodes", 16, 1000, 50, 10.4),
        "cartpole_hard": Entry(4, 3, 24, "episodes", 16, 1000, 50, 23.3),
        "cartpole_hardest": Entry(4, 2, 24, "episodes", 16, 1000, 12, 21.9),
        "mountain_car": Entry(6, 3, 8, "episodes", 16, 1000, -200, -200),
        "mountain_car_continuous": Entry(6, 3, 8, "episodes", 10, 1000, 0, -61),
        "acrobot": Entry(12, 3, 8, "episodes", 10, 1000, -500, -498.8),
        "pendulum": Entry(6, 3, 16, "episodes", 16, 1000, -890, -1219),
        "double_pole": Entry(12, 5, 24, "episodes", 16, 625, 32, 10.2),
        "double_pole_no_velocity": Entry(6, 5, 24, "episodes", 16, 625, 32, 10.2),
    }
)
