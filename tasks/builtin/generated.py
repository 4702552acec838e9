"""Data sets that are made when they are loaded: patterns, time series."""

from types import MappingProxyType

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from ..data.classification import Classification
from ..data.regression import Regression
from ..data_settings import CUT_BY
from .scikit_learn import DIGITS, read_table


class Xor(Classification):
    """`xor`: are two bits different? Four patterns.

    As in the NEAT literature (Stanley, Miikkulainen, 2002) a network has three inputs, the two bits
    and a bias that is always 1. It has an output for each class.
    """

    name = "xor"
    encoder = "latency:6"
    decoder = "first_spike"
    ticks = 16
    feature_names = ("first bit", "second bit", "bias")
    scaling = "none"
    held_out = False

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Return the four patterns, (4, 3): first bit, second bit, bias."""
        features = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], np.float64)
        return features, np.array([0, 1, 1, 0])


class Gaps(Classification):
    """`gaps`: three spikes on one line, each gap 2 or 8 ticks; do the two gaps differ?

    Four patterns. A network must remember: without hidden neurons and recurrence, with all delays 1
    and full leak, whether an output spikes depends on the last tick alone, and which output is the
    first to have two spikes does not depend on the gaps.
    """

    name = "gaps"
    decoder = "first_to:2"
    ticks = 24
    held_out = False
    takes = frozenset({"decoder", "ticks"})

    SHORT, LONG = 2, 8

    def load(self) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Return the four patterns as spikes, (4, 17, 1), the first spike at tick 0."""
        gaps = [(a, b) for a in (self.SHORT, self.LONG) for b in (self.SHORT, self.LONG)]
        spikes = np.zeros((len(gaps), 2 * self.LONG + 1, 1), np.bool_)
        for pattern, (first, second) in enumerate(gaps):
            spikes[pattern, [0, first, first + second]] = True
        return spikes, np.array([int(first != second) for first, second in gaps])


class Reconstruct(Regression):
    """`reconstruct`: a spiking autoencoder; small images of digits come in and are to come out.

    The images of `digits`, pooled to 4 x 4 pixels. All goes through at most eight hidden neurons,
    unless `ranges` overrides it (`direct`, `max_hidden`). The score is 1 - mean absolute error
    of a pixel in shares of its range.
    """

    name = "reconstruct"
    encoder = "rate:8"
    ticks = 12
    decoder = "vector:8"
    scaling = "none"
    # Two delays in a row must leave most of the window to the spikes, or an output cannot count what
    # its inputs say: so delays are short. Only many hidden neurons and synapses together beat the
    # best constant image, and a search that prefers fewer of them stays below it: so parents are
    # chosen by score alone, and little is removed.
    defaults = MappingProxyType(
        {
            "hidden": 8,
            "by_merit": 1.0,
            "ranges": {"direct": False, "max_hidden": 8, "delay": (1, 2)},
            "rates": {"remove_neuron": 0.01, "remove_synapse": 0.05},
        }
    )
    feature_names = tuple(f"pixel {row},{column}" for row in range(4) for column in range(4))

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Load (1797, 16) brightness in 0 … 1, as features and as targets."""
        digits = read_table(DIGITS).features
        images = digits.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)) / 16.0
        pixels = images.reshape(len(images), -1)
        return pixels, pixels


class Recall(Regression):
    """`recall`: an associative memory; of 16 bits a quarter is flipped, the stored ones are to
    come out.

    Three stored patterns, in each of which another third of the bits is 0, so that a damaged one is
    always nearest to its own; each is shown 60 times with other bits flipped. An output that spikes
    stands for 1. The score is the share of correct bits. Giving back the damaged pattern scores 0.75.
    """  # noqa: D205 - the first sentence is a definition

    name = "recall"
    encoder = "latency:0,silent_below=0.5"
    ticks = 12
    decoder = "vector:1"
    scaling = "none"

    BITS, SHOWN = 16, 60

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Make (180, 16) damaged patterns and (180, 16) stored ones."""
        patterns = np.array([np.arange(self.BITS) % 3 != k for k in range(3)], np.float64)
        stored = np.repeat(patterns, self.SHOWN, axis=0)
        order = np.random.default_rng(1982).random(stored.shape).argsort(axis=1)
        flipped = order < self.BITS // 4
        return np.abs(stored - flipped), stored


class CylinderBellFunnel(Classification):
    """`cylinder_bell_funnel`: which of three shapes lies hidden in noise? 300 signals.

    Saito (1994), "Local feature extraction and its applications using a library of bases": over
    t = 1 … 128, with a uniform among 16 … 32, b - a among 32 … 96 and height 6 + N(0, 1), a
    cylinder is the height from a to b, a bell rises to it, (t - a) / (b - a), a funnel falls from
    it, (b - t) / (b - a); outside all are 0; and N(0, 1) is added to every step.
    """

    name = "cylinder_bell_funnel"
    encoder = "bins:4"
    decoder = "spike_count"
    ticks = 128

    STEPS, EACH = 128, 100

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
        """Draw (300, 128, 1) signals, (300,) shapes."""
        rng = np.random.default_rng(1994)
        count = 3 * self.EACH
        shapes = np.repeat(["cylinder", "bell", "funnel"], self.EACH)
        start = rng.integers(16, 33, (count, 1))
        length = rng.integers(32, 97, (count, 1))
        height = 6.0 + rng.standard_normal((count, 1))
        way = (np.arange(1, self.STEPS + 1) - start) / length  # 0 at a, 1 at b
        profile = np.select(
            [shapes[:, np.newaxis] == "bell", shapes[:, np.newaxis] == "funnel"],
            [way, 1.0 - way],
            1.0,
        )
        signals = np.where((way >= 0.0) & (way <= 1.0), height * profile, 0.0)
        return (signals + rng.standard_normal(signals.shape))[:, :, np.newaxis], shapes


TAU = 17.0  # the delay
STEP = 0.05  # of the integration; the delay is a multiple of it
PAST = 0.7206597
LYAPUNOV_TIME = 197.0


class MackeyGlass(Regression):
    """`mackey_glass`: the next point of the Mackey–Glass series from the last six.

    By the recipe of NeuroBench (Yik et al., 2025), not its stored data: τ = 17, 75 points in a
    Lyapunov time of 197, 750 points to learn from and then 750 to be tested on. There networks
    predict on from their own predictions; here each point is predicted from the true ones. The
    score is 1 - sMAPE / 200.
    """

    name = "mackey_glass"
    encoder = "rate:16,mirrored"
    decoder = "vector"
    score = "smape"
    ticks = 32
    feature_names = tuple(f"{back} before" for back in range(6, 0, -1))
    takes = Regression.takes - {*CUT_BY}  # the future is held out, not a part of the past

    learnt = 750

    LAGS = 6

    def load(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Make (1500, 6) points, the latest last, (1500,) next points."""
        points = series(2 * self.learnt + self.LAGS, LYAPUNOV_TIME / 75)
        windows = sliding_window_view(points, self.LAGS + 1)
        return windows[:, :-1], windows[:, -1]


def series(points: int, distance: float) -> NDArray[np.float64]:
    """Integrate x' = 0.2 x(t - τ) / (1 + x(t - τ)^10) - 0.1 x, with τ = 17, from x = 0.7206597.

    By the Runge–Kutta method of fourth order with steps of 0.05, the delayed value between two
    steps by a polynomial of third degree, and points linearly between steps (Mackey, Glass, 1977,
    "Oscillation and chaos in physiological control systems").

    Args:
        points: How many.
        distance: Time from one to the next.
    """
    lag = round(TAU / STEP)
    steps = int(points * distance / STEP) + 2
    x = [PAST] * (lag + 2)  # from t = -τ - STEP to t = 0
    for now in range(lag + 1, lag + 1 + steps):
        before, first, last, after = x[now - lag - 1], *x[now - lag : now - lag + 3]
        middle = (9.0 * (first + last) - before - after) / 16.0
        gains = [_production(delayed) for delayed in (first, middle, last)]
        x.append(_runge_kutta(x[now], *gains))
    times = np.arange(points) * distance
    found: NDArray[np.float64] = np.interp(times, STEP * np.arange(steps), x[lag + 1 :][:steps])
    return found


def _production(delayed: float) -> float:
    # By products: the C library's pow differs between processors in the last bit.
    square = delayed * delayed
    fourth = square * square
    return 0.2 * delayed / (1.0 + fourth * fourth * square)


def _runge_kutta(x: float, first: float, middle: float, last: float) -> float:
    """Advance by one step, of which the production is known at the beginning, middle and end."""
    k1 = first - 0.1 * x
    k2 = middle - 0.1 * (x + STEP / 2 * k1)
    k3 = middle - 0.1 * (x + STEP / 2 * k2)
    k4 = last - 0.1 * (x + STEP * k3)
    return x + STEP / 6 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
