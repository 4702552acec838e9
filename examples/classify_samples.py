"""Evolve a classifier, look at the front, classify samples: ``python examples/classify_samples.py``."""

import pandas as pd

import spikevolve

run = spikevolve.run("iris", population=30, generations=10)

columns = ["id", "score", "test_score", "spikes", "latency", "synapses"]
print(run.front[columns].sort_values("score", ascending=False).head())
print(f"learned in: {run.individuals['operators'].str.contains('learn').mean():.0%} of the rows")

champion = run.champion
flowers = pd.DataFrame(
    {
        "petal width": [0.2, 1.3, 2.1],  # columns are matched by name, in any order
        "petal length": [1.4, 4.2, 5.8],
        "sepal width": [3.4, 2.8, 3.0],
        "sepal length": [5.0, 5.9, 6.9],
    },
    index=["first", "second", "third"],
)
answers = champion.predict(flowers)
print(answers[["answer", "latency", "spikes"]])
