"""Options that say what a task is to be: those that ``run`` and ``check`` share."""

from pathlib import Path
from typing import Annotated

import typer

from .options import count, option

PANEL = "The task"
TASK = "A task of `spikevolve tasks`, or your own as module:Class or path/file.py:Class."

Data = Annotated[
    Path | None, option(PANEL, "PATH", "Your data file (data, csv) or folder (shd, nmnist).")
]
Label = Annotated[
    str | None, option(PANEL, "COLUMN", "Its column of labels; the last one by default.")
]
Encoder = Annotated[
    str | None, option(PANEL, "SPEC", "How values become spikes: NAME or NAME:KEY=VALUE,…")
]
Decoder = Annotated[str | None, option(PANEL, "SPEC", "How spikes become answers, the same way.")]
Readout = Annotated[
    str | None,
    option(PANEL, "SPEC", "A linear readout that learns the answers instead: ridge (data)."),
]
Score = Annotated[
    str | None,
    option(PANEL, "NAME", "What to judge by, such as balanced_accuracy, f1 or auc (data)."),
]
TrainingScore = Annotated[
    str | None,
    option(PANEL, "NAME", "What the search climbs on training data, such as h_credit (classes)."),
]
Ticks = Annotated[int | None, count(PANEL, "Ticks of one sample or decision.")]
Episodes = Annotated[int | None, count(PANEL, "Episodes that score a network (control).")]
FreshEpisodes = Annotated[
    bool | None,
    typer.Option(
        "--fresh-episodes/--fixed-episodes",
        rich_help_panel=PANEL,
        show_default=False,
        help="Draw new starts in every generation, or keep those of the first.",
    ),
]
EvolveEncoder = Annotated[
    bool | None,
    typer.Option(
        "--evolve-encoder/--fixed-encoder",
        rich_help_panel=PANEL,
        show_default=False,
        help="Let every network have settings of the encoder for itself, or not.",
    ),
]
SplitSeed = Annotated[int | None, count(PANEL, "Seed of the split into training and test data.")]
