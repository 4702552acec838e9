"""CMA-ES: samples of a normal distribution that moves, and changes its shape, towards the best of them.

Hansen (2016), "The CMA evolution strategy: a tutorial" (arXiv:1604.00772), with its default settings. Samples
are the mean + σ · A · z with the Cholesky factor A of the covariance, instead of its symmetric root: the
step size then follows the path of z itself, whose length has the same distribution (Suttorp, Hansen, Igel 2009,
Efficient covariance matrix update for variable metric evolution strategies). All sums are made element by
element in a fixed order, so that the last bit is the same on every processor; LAPACK's and BLAS's is not.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

#: Numbers drawn and weights are rounded to this: they come from logarithms, whose last bit differs between
#: processors.
_ROUNDED = 2.0**-30

_SMALLEST_PIVOT = 1e-14
_LARGEST = 1e30  # of what a state says; numbers lie around -1 … 1


class Draws(NamedTuple):
    """Samples of a generation.

    Attributes:
        normal: (n, samples) float64, what was drawn: standard normal.
        moves: (n, samples) float64, A · normal.
    """

    normal: NDArray[np.float64]
    moves: NDArray[np.float64]


@dataclass
class CmaEs:
    """The state of a search over n numbers.

    Attributes:
        mean: (n,) float64.
        sigma: Step size, which never falls below `floor`.
        floor: Smallest step size.
        samples: Samples of a generation.
        covariance: (n, n) float64.
        path: (n,) float64, evolution path of the mean.
        sigma_path: (n,) float64, evolution path of the step size.
        generation: Generations that are told.
    """

    mean: NDArray[np.float64]
    sigma: float
    floor: float
    samples: int
    covariance: NDArray[np.float64]
    path: NDArray[np.float64]
    sigma_path: NDArray[np.float64]
    generation: int = 0

    @staticmethod
    def around(mean: NDArray[np.float64], sigma: float, floor: float, samples: int) -> "CmaEs":
        """Return a search that begins around a mean, the same in all directions."""
        n, zero = len(mean), np.zeros(len(mean))
        return CmaEs(mean.copy(), sigma, floor, samples, np.eye(n), zero.copy(), zero.copy())

    def draw(self, rng: Generator) -> Draws:
        """Draw the moves of a generation."""
        n = len(self.mean)
        normal = rng.standard_normal((self.samples, n)).T.copy()
        normal = np.rint(normal / _ROUNDED) * _ROUNDED
        return Draws(normal, product(cholesky(self.covariance), normal))

    def vectors(self, draws: Draws) -> NDArray[np.float64]:
        """Return the samples: (samples, n) float64."""
        return (self.mean[:, None] + self.sigma * draws.moves).T.copy()

    def tell(self, draws: Draws, order: Sequence[int]) -> None:
        """Move towards the best samples.

        Args:
            draws: What `draw` returned.
            order: Indices of the samples, the best first.
        """
        n, s = len(self.mean), _settings(len(self.mean), self.samples)
        normal, moves = np.zeros(n), np.zeros(n)
        for weight, index in zip(s.weights, order, strict=False):
            normal += weight * draws.normal[:, index]
            moves += weight * draws.moves[:, index]
        self.generation += 1
        self.mean = self.mean + self.sigma * moves
        kept, added = 1.0 - s.c_sigma, math.sqrt(s.c_sigma * (2.0 - s.c_sigma) * s.mu_eff)
        self.sigma_path = kept * self.sigma_path + added * normal
        length = math.sqrt(math.fsum((self.sigma_path * self.sigma_path).tolist()))
        settled = math.sqrt(1.0 - _power(kept, 2 * self.generation))
        slow = float(length / settled < (1.4 + 2.0 / (n + 1.0)) * s.length)
        added = slow * math.sqrt(s.c_path * (2.0 - s.c_path) * s.mu_eff)
        self.path = (1.0 - s.c_path) * self.path + added * moves
        missing = (1.0 - slow) * s.c_1 * s.c_path * (2.0 - s.c_path)
        covariance = (1.0 - s.c_1 - s.c_mu + missing) * self.covariance
        covariance += s.c_1 * np.multiply.outer(self.path, self.path)
        for weight, index in zip(s.weights, order, strict=False):
            move = draws.moves[:, index]
            covariance += (s.c_mu * weight) * np.multiply.outer(move, move)
        self.covariance = covariance
        change = _exponential(s.c_sigma / s.damping * (length / s.length - 1.0))
        self.sigma = max(self.floor, self.sigma * change)

    def state(self) -> dict[str, Any]:
        """Return everything as JSON values; of the covariance the lower triangle."""
        rows = self.covariance.tolist()
        return {
            "mean": self.mean.tolist(),
            "sigma": self.sigma,
            "floor": self.floor,
            "samples": self.samples,
            "covariance": [row[: number + 1] for number, row in enumerate(rows)],
            "path": self.path.tolist(),
            "sigma_path": self.sigma_path.tolist(),
            "generation": self.generation,
        }


def few_samples(n: int) -> int:
    """Return the tutorial's number of samples for n numbers, 4 + ⌊3 ln n⌋ (table 1)."""
    return 4 + int(3.0 * math.log(n))


def restored(state: Mapping[str, Any], n: int) -> CmaEs:
    """Return the search that `CmaEs.state` described.

    Args:
        state: What it returned.
        n: How many numbers are searched.

    Raises:
        ValueError: It did not return that.
    """
    rows = state["covariance"]
    covariance = np.zeros((n, n))
    for number, row in enumerate(rows):
        covariance[number, : number + 1] = _numbers(row, number + 1)
        covariance[: number + 1, number] = covariance[number, : number + 1]
    sigma, floor = _numbers([state["sigma"], state["floor"]], 2).tolist()
    counts = samples, generation = state["samples"], state["generation"]
    if len(rows) != n or (np.diag(covariance) <= 0.0).any() or sigma <= 0.0 or floor < 0.0:
        raise ValueError("the distribution of a search over numbers is none")
    whole = all(type(count) is int for count in counts)
    if not whole or not 2 <= samples < 2**20 or not 0 <= generation < 2**31:
        raise ValueError(f"samples and generation of a search over numbers are {counts}")
    mean, path, sigma_path = (_numbers(state[name], n) for name in ("mean", "path", "sigma_path"))
    return CmaEs(mean, sigma, floor, samples, covariance, path, sigma_path, generation)


def _numbers(values: object, n: int) -> NDArray[np.float64]:
    """Return numbers of a state, (n,) float64; raise ValueError for what is none, or beyond all use."""
    if not isinstance(values, list) or len(values) != n:
        raise ValueError(f"a search over numbers must have {n} here")
    if not all(isinstance(value, int | float) and abs(value) < _LARGEST for value in values):
        raise ValueError("a number of a search over numbers is none")
    return np.array(values, np.float64)


def cholesky(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the lower triangle A with A · Aᵀ = matrix, a column after the other.

    Args:
        matrix: (n, n) float64, symmetric and positive definite.
    """
    rest, n = matrix.copy(), len(matrix)
    factor = np.zeros((n, n))
    for k in range(n):
        column = rest[k:, k] / math.sqrt(max(rest[k, k], _SMALLEST_PIVOT))
        factor[k:, k] = column
        rest[k + 1 :, k + 1 :] -= np.multiply.outer(column[1:], column[1:])
    return factor


def product(factor: NDArray[np.float64], vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return factor · vectors, added up from the first column of the factor to the last.

    Args:
        factor: (n, n) float64, lower triangle.
        vectors: (n, m) float64.
    """
    found = np.zeros_like(vectors)
    for k in range(len(factor)):
        found[k:] += np.multiply.outer(factor[k:, k], vectors[k])
    return found


class _Settings(NamedTuple):
    """Numbers of the tutorial's table 1, by its names."""

    weights: tuple[float, ...]
    mu_eff: float
    c_sigma: float
    damping: float
    c_path: float
    c_1: float
    c_mu: float
    length: float


def _settings(n: int, samples: int) -> _Settings:
    """Return the usual settings, of weights above 0 alone."""
    mu = samples // 2
    raw = [math.log(mu + 0.5) - math.log(rank) for rank in range(1, mu + 1)]
    raw = [round(weight / _ROUNDED) * _ROUNDED for weight in raw]
    total = math.fsum(raw)
    weights = tuple(weight / total for weight in raw)
    mu_eff = 1.0 / math.fsum(weight * weight for weight in weights)
    c_sigma = (mu_eff + 2.0) / (n + mu_eff + 3.0)
    c_1 = 2.0 / ((n + 1.3) * (n + 1.3) + mu_eff)
    c_mu = 2.0 * (mu_eff - 2.0 + 1.0 / mu_eff) / ((n + 2.0) * (n + 2.0) + mu_eff)
    return _Settings(
        weights,
        mu_eff,
        c_sigma,
        damping=1.0 + 2.0 * max(0.0, math.sqrt((mu_eff - 1.0) / (n + 1.0)) - 1.0) + c_sigma,
        c_path=4.0 / (n + 4.0),
        c_1=c_1,
        c_mu=min(1.0 - c_1, c_mu),
        length=math.sqrt(n) * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n)),
    )


def _power(base: float, exponent: int) -> float:
    """Return a power by repeated squares."""
    found = 1.0
    while exponent:
        found, base, exponent = (
            (found * base if exponent & 1 else found),
            base * base,
            exponent >> 1,
        )
    return found


def _exponential(x: float) -> float:
    """Return e^x by its series, of which half the exponent is squared until it is small."""
    halvings = 0
    while abs(x) > 0.25:
        x, halvings = x / 2.0, halvings + 1
    term, found = 1.0, 1.0
    for k in range(1, 14):
        term *= x / k
        found += term
    for _ in range(halvings):
        found *= found
    return found
