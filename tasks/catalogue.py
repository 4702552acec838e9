"""The built-in tasks: where each is, and its numbers, so that a list of them loads no data.

Nothing is imported or compiled either. The tests compare every number with the
task's own once it is loaded, as a search by default loads it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple


class Numbers(NamedTuple):
    """Sizes and scores of a task with its own settings.

    Attributes:
        inputs: Inputs of a network for it.
        outputs: Outputs of a network for it.
        ticks: Length of the window of one sample or decision.
        unit: What networks are measured on.
        training: How many of them there are for training.
        test: How many are held out for the test.
        chance_score: Score of the best constant prediction, to four digits.
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


class Entry(NamedTuple):
    """A built-in task.

    Attributes:
        module: Its module, relative to this package.
        name: Name of its class there.
        numbers: Its sizes and scores, None where the user brings the data.
    """

    module: str
    name: str
    numbers: Numbers | None


#: By name, in the order in which they are listed.
CATALOGUE: Mapping[str, Entry] = MappingProxyType(
    {
        "xor": Entry("builtin.generated", "Xor", Numbers(3, 2, 16, "samples", 4, 0, 0.5, 0.5)),
        "gaps": Entry("builtin.generated", "Gaps", Numbers(1, 2, 24, "samples", 4, 0, 0.5, 0.5)),
        "iris": Entry(
            "builtin.scikit_learn", "Iris", Numbers(8, 3, 10, "samples", 100, 50, 0.34, 0.3333)
        ),
        "wine": Entry(
            "builtin.scikit_learn", "Wine", Numbers(26, 3, 10, "samples", 119, 59, 0.4034, 0.3333)
        ),
        "breast_cancer": Entry(
            "builtin.scikit_learn",
            "BreastCancer",
            Numbers(60, 2, 10, "samples", 381, 188, 0.6273, 0.5),
        ),
        "breast_cancer_anomaly": Entry(
            "builtin.scikit_learn",
            "BreastCancerAnomaly",
            Numbers(240, 2, 10, "samples", 1195, 330, 0.5, 0.5),
        ),
        "digits": Entry(
            "builtin.scikit_learn",
            "Digits",
            Numbers(64, 10, 10, "samples", 962, 594, 0.3028, 0.3028),
        ),
        "moving_digits": Entry(
            "builtin.event_data",
            "MovingDigits",
            Numbers(50, 10, 30, "samples", 962, 594, 0.3028, 0.3028),
        ),
        "cylinder_bell_funnel": Entry(
            "builtin.generated",
            "CylinderBellFunnel",
            Numbers(4, 3, 128, "samples", 201, 99, 0.3333, 0.3333),
        ),
        "mackey_glass": Entry(
            "builtin.generated",
            "MackeyGlass",
            Numbers(12, 1, 32, "samples", 750, 750, 0.8933, 0.8335),
        ),
        "reconstruct": Entry(
            "builtin.generated",
            "Reconstruct",
            Numbers(16, 16, 12, "samples", 962, 594, 0.8503, 0.6308),
        ),
        "recall": Entry(
            "builtin.generated", "Recall", Numbers(16, 16, 12, "samples", 120, 60, 0.6677, 0.4994)
        ),
        "shd": Entry("builtin.event_data", "Shd", None),
        "nmnist": Entry("builtin.event_data", "NMnist", None),
        "data": Entry("data.own_data", "Data", None),
        "csv": Entry("data.own_data", "Csv", None),
        "cartpole": Entry(
            "builtin.cartpole", "CartPole", Numbers(8, 2, 8, "episodes", 10, 1000, 11, 22.3)
        ),
        "cartpole_easy": Entry(
            "builtin.cartpole", "CartPoleEasy", Numbers(8, 2, 24, "episodes", 16, 1000, 12, 21.9)
        ),
        "cartpole_medium": Entry(
            "builtin.cartpole", "CartPoleMedium", Numbers(8, 3, 24, "episodes", 16, 1000, 50, 10.4)
        ),
        "cartpole_hard": Entry(
            "builtin.cartpole", "CartPoleHard", Numbers(4, 3, 24, "episodes", 16, 1000, 50, 23.3)
        ),
        "cartpole_hardest": Entry(
            "builtin.cartpole", "CartPoleHardest", Numbers(4, 2, 24, "episodes", 16, 1000, 12, 21.9)
        ),
        "mountain_car": Entry(
            "builtin.mountain_car",
            "MountainCar",
            Numbers(8, 3, 24, "episodes", 16, 1000, -200, -200),
        ),
        "mountain_car_continuous": Entry(
            "builtin.mountain_car",
            "MountainCarContinuous",
            Numbers(8, 3, 24, "episodes", 10, 1000, 0, -61),
        ),
        "acrobot": Entry(
            "builtin.acrobot", "Acrobot", Numbers(12, 3, 8, "episodes", 10, 1000, -500, -498.8)
        ),
        "pendulum": Entry(
            "builtin.pendulum", "Pendulum", Numbers(6, 3, 16, "episodes", 16, 1000, -890, -1219)
        ),
        "double_pole": Entry(
            "builtin.double_pole", "DoublePole", Numbers(12, 3, 24, "episodes", 16, 625, 32, 9.6)
        ),
        "double_pole_no_velocity": Entry(
            "builtin.double_pole",
            "DoublePoleNoVelocity",
            Numbers(6, 3, 24, "episodes", 16, 625, 32, 9.6),
        ),
        "navigation": Entry(
            "builtin.navigation",
            "Navigation",
            Numbers(32, 3, 8, "episodes", 16, 1000, -0.65, -1.28),
        ),
    }
)
