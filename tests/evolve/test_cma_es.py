"""CMA-ES beside DEAP's, whose last bits LAPACK decides, and beside NumPy's Cholesky factor."""

import json

import numpy as np
import pytest
from deap import cma
from numpy.typing import NDArray

from spikevolve.evolve.search.cma_es import CmaEs, cholesky, product, restored
from spikevolve.evolve.search.individual import SearchFitness


class Sample(list[float]):
    """A list of numbers with a fitness, as DEAP wants it."""

    fitness: SearchFitness


def covariance(n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    root = rng.normal(size=(n, n))
    return np.asarray(root @ root.T + 0.1 * np.eye(n))


@pytest.mark.parametrize("n", [1, 2, 7, 40])
def test_the_factor_is_that_of_numpy_to_the_last_digits(n: int) -> None:
    rng = np.random.default_rng(n)
    matrix, vectors = covariance(n, rng), rng.normal(size=(n, 3))

    factor = cholesky(matrix)

    np.testing.assert_allclose(factor, np.linalg.cholesky(matrix), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(product(factor, vectors), factor @ vectors, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("n", "samples"), [(3, 7), (12, 20), (60, 30)])
def test_the_first_generation_moves_as_deaps_does(n: int, samples: int) -> None:
    rng = np.random.default_rng(n)
    ours = CmaEs.around(rng.normal(size=n), 0.5, 0.0, samples)
    theirs = cma.Strategy(ours.mean, 0.5, lambda_=samples)
    draws = ours.draw(rng)
    vectors = ours.vectors(draws)
    scores = -((vectors - 1.0) ** 2).sum(axis=1)

    ours.tell(draws, np.argsort(-scores).tolist())
    population = [Sample(vector) for vector in vectors]
    for sample, score in zip(population, scores, strict=True):
        sample.fitness = SearchFitness((float(score),))
    theirs.update(population)

    for mine, other in (
        (ours.mean, theirs.centroid),
        (ours.path, theirs.pc),
        (ours.sigma_path, theirs.ps),
        (ours.covariance, theirs.C),
        (ours.sigma, theirs.sigma),
    ):
        np.testing.assert_allclose(mine, other, rtol=1e-6, atol=1e-8)


def rosenbrock(x: NDArray[np.float64]) -> float:
    return float((100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum())


def evaluations_of_ours(seed: int) -> int:
    rng, search = np.random.default_rng(seed), CmaEs.around(np.zeros(6), 0.5, 0.0, 12)
    for generation in range(1, 2000):
        draws = search.draw(rng)
        values = [rosenbrock(vector) for vector in search.vectors(draws)]
        search.tell(draws, np.argsort(values).tolist())
        if min(values) < 1e-8:
            return generation * 12
    return 10**9


def evaluations_of_deaps(seed: int) -> int:
    rng, search = np.random.default_rng(seed), cma.Strategy(np.zeros(6), 0.5, lambda_=12)
    for generation in range(1, 2000):
        moves = rng.standard_normal((12, 6)) @ search.BD.T
        population = [Sample(search.centroid + search.sigma * move) for move in moves]
        values = [rosenbrock(np.array(sample)) for sample in population]
        for sample, value in zip(population, values, strict=True):
            sample.fitness = SearchFitness((-value,))
        search.update(population)
        if min(values) < 1e-8:
            return generation * 12
    return 10**9


def test_a_curved_valley_takes_as_many_evaluations_as_deap_needs() -> None:
    ours = np.median([evaluations_of_ours(seed) for seed in range(5)])
    theirs = np.median([evaluations_of_deaps(seed) for seed in range(5)])

    assert 0.7 < ours / theirs < 1.4


def test_the_step_size_never_falls_below_its_floor() -> None:
    rng, search = np.random.default_rng(1), CmaEs.around(np.zeros(4), 0.5, 0.1, 10)
    for _ in range(60):
        draws = search.draw(rng)
        values = (search.vectors(draws) ** 2).sum(axis=1)
        search.tell(draws, np.argsort(values).tolist())

    assert search.sigma == 0.1


def test_a_search_goes_on_from_json_as_if_nothing_had_happened() -> None:
    def advance(search: CmaEs, generations: range) -> CmaEs:
        for generation in generations:
            draws = search.draw(np.random.default_rng(generation))
            values = [rosenbrock(vector) for vector in search.vectors(draws)]
            search.tell(draws, np.argsort(values).tolist())
        return search

    undisturbed = advance(CmaEs.around(np.zeros(5), 0.5, 0.0, 8), range(20))
    half = advance(CmaEs.around(np.zeros(5), 0.5, 0.0, 8), range(11))
    again = advance(restored(json.loads(json.dumps(half.state())), len(half.mean)), range(11, 20))

    assert again.state() == undisturbed.state()
