"""Run a small study, load it into pandas, draw it for a paper: ``python examples/study_in_pandas.py``."""

import matplotlib.pyplot as plt

import spikevolve

for population in (10, 30):
    for seed in (1, 2, 3):
        spikevolve.run(
            "iris",
            population=population,
            seed=seed,
            evaluations=300,
            gradient="off",
            out=f"study/population-{population}-seed-{seed}",
        )

study = spikevolve.load_all("study/*")  # a row for each run: its champion and its settings
print(study.groupby("setting_population")["test_score"].describe())

curves = spikevolve.load_all("study/*", "generations", ["evaluations", "best_score"])
figure, axes = plt.subplots(figsize=(85 / 25.4, 60 / 25.4), layout="constrained")  # 85 mm wide
for size, rows in curves.groupby("setting_population"):
    best = rows.pivot_table(index="evaluations", columns="folder", values="best_score")
    best = best.ffill()
    axes.plot(best.index, best.median(axis=1), label=f"population {size}")
    axes.fill_between(best.index, best.min(axis=1), best.max(axis=1), alpha=0.2)
axes.set_xlabel("evaluations")
axes.set_ylabel("training accuracy")
axes.legend(frameon=False)
figure.savefig("study.pdf")
