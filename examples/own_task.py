"""Evolve networks for data of one's own, in a few lines: ``python examples/own_task.py``."""

from typing import Any

from sklearn.datasets import make_moons

import spikevolve
from spikevolve.tasks import Classification


class Moons(Classification):
    """Tell two interleaved half circles apart."""

    feature_names = ("across", "up")

    def load(self) -> tuple[Any, Any]:
        """Return features and labels."""
        features, labels = make_moons(300, noise=0.2, random_state=0)
        return features, labels


if __name__ == "__main__":
    run = spikevolve.run(Moons, population=30, generations=10, objectives="score,synapses")
    print(run.front[["id", "score", "test_score", "synapses"]])
    print(run.champion.labels)
    print(run.lineage()[["steps", "id", "operators", "score", "synapses"]])
