"""What a user can set about the task of a run: its data, its encoding, its episodes and its split."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from typing import Any

from .setting_kinds import Choice, FilePath, Real, Table, Text, Texts, Whole, YesNo, setting

TASK = "The task"


@dataclass(frozen=True)
class TaskSettingsOfRun:
    """The task, and settings that it may take; None lets it choose."""

    task: str = setting(
        Text(),
        TASK,
        "A task of `spikevolve tasks`, or your own as module:Class or path/file.py:Class.",
        default=MISSING,
        metavar="TASK",
    )

    data: str | None = setting(
        FilePath(), TASK, "Your data file (data, csv) or folder (shd, nmnist).", check=True
    )
    test_data: str | None = setting(
        FilePath(),
        TASK,
        "Your file of test data, with columns as in the other (data, csv).",
        check=True,
    )
    kind: str | None = setting(
        Choice("classification", "regression", "anomaly"),
        TASK,
        "What to find: a class, numbers, or what is unlike the one class that is learned (data).",
        check=True,
    )
    target_column: str | None = setting(
        Text(),
        TASK,
        "Its column of numbers to predict, or several: a,b (data, csv).",
        metavar="COLUMN,…",
        check=True,
    )
    normal: str | None = setting(
        Text(),
        TASK,
        "The class that is learned where anomalies are to be found; the largest by default.",
        metavar="CLASS",
        check=True,
    )
    groups: str | None = setting(
        Text(),
        TASK,
        "Its column of groups, such as patients, that no split may take apart.",
        metavar="COLUMN",
        check=True,
    )
    as_spikes: bool | None = setting(
        YesNo(no="as-values"),
        TASK,
        "Read arrays of 0 and 1, (samples, ticks, inputs), as spikes, or as values (data).",
        check=True,
    )
    label: str | None = setting(
        Text(),
        TASK,
        "Its column of labels; the last one by default.",
        metavar="COLUMN",
        check=True,
    )
    features: str | None = setting(
        Text(),
        TASK,
        "Columns that are features, such as age,height; all others but the label by default.",
        metavar="COLUMN,…",
        check=True,
    )
    drop: str | None = setting(
        Text(),
        TASK,
        "Columns that are none, such as id,name.",
        metavar="COLUMN,…",
        check=True,
    )
    missing: str | None = setting(
        Choice("refuse", "median", "flag"),
        TASK,
        "Missing values in features: refuse, median, or flag, which also tells networks.",
        check=True,
    )
    separator: str | None = setting(
        Text(),
        TASK,
        "What separates cells: comma, semicolon, tab, bar or space; found out by default.",
        metavar="SIGN",
        check=True,
    )
    decimal: str | None = setting(
        Choice(".", ","),
        TASK,
        "Decimal sign of numbers: point or comma; found out by default.",
        metavar="SIGN",
        check=True,
    )
    encoding: str | None = setting(
        Text(),
        TASK,
        "Encoding of a text, such as utf-8 or cp1252; found out by default.",
        metavar="NAME",
        check=True,
    )
    no_header: bool | None = setting(
        YesNo(no="header"),
        TASK,
        "Take the first line for a sample, or for names; found out by default.",
        check=True,
    )
    env: Mapping[str, Any] = setting(
        Table("arguments", "is_slippery=false or map_name=8x8"),
        TASK,
        "An argument of the environment, such as is_slippery=false; repeatable (gym).",
        check=True,
    )
    wrap: tuple[str, ...] | None = setting(
        Texts(),
        TASK,
        "A wrapper around it: a name of gymnasium's or module:Class; repeatable (gym).",
        metavar="NAME",
        check=True,
    )
    max_steps: int | None = setting(
        Whole(1, 10**6),
        TASK,
        "Steps after which an episode is cut off; the environment's limit, or 1,000 (gym).",
        check=True,
    )
    encoder: str | None = setting(
        Text(),
        TASK,
        "How values become spikes: NAME or NAME:KEY=VALUE,…",
        metavar="SPEC",
        check=True,
    )
    decoder: str | None = setting(
        Text(), TASK, "How spikes become answers, the same way.", metavar="SPEC", check=True
    )
    readout: str | None = setting(
        Text(),
        TASK,
        "A linear readout that learns the answers instead: ridge (data).",
        metavar="SPEC",
        check=True,
    )
    jitter: float | None = setting(
        Real(0.0, 1.0),
        TASK,
        "Noise on four copies of each training sample, as a share of the range (data).",
        metavar="SIGMA",
        check=True,
    )
    score: str | None = setting(
        Text(),
        TASK,
        "What to judge by, such as balanced_accuracy, f1 or auc (data).",
        metavar="NAME",
        check=True,
    )
    training_score: str | None = setting(
        Text(),
        TASK,
        "What the search climbs on training data, such as h_credit (classes).",
        metavar="NAME",
        check=True,
    )
    ticks: int | None = setting(
        Whole(1, 10**5), TASK, "Ticks of one sample or decision.", check=True
    )
    episodes: int | None = setting(
        Whole(1, 10**6), TASK, "Episodes that score a network (control).", check=True
    )
    fresh_episodes: bool | None = setting(
        YesNo(no="fixed-episodes"),
        TASK,
        "Draw new starts in every generation, or keep those of the first.",
        check=True,
    )
    racing: int | None = setting(
        Whole(1, 10**6),
        TASK,
        "Episodes after which a newborn below the last median gets no more.",
    )
    evolve_encoder: bool | None = setting(
        YesNo(no="fixed-encoder"),
        TASK,
        "Let every network have settings of the encoder for itself, or not.",
        check=True,
    )
    split_seed: int = setting(
        Whole(0, 2**32 - 1),
        TASK,
        "Seed of the split into training and test data.",
        default=1,
        check=True,
    )
    held_out: float | None = setting(
        Real(0.0, 0.9),
        TASK,
        "Share of the samples that is kept for the test; 0 learns from all (data).",
        metavar="SHARE",
        check=True,
    )
    time_order: bool | None = setting(
        YesNo(no="any-order"),
        TASK,
        "Test on the last samples and learn from those before, or shuffle (data).",
        check=True,
    )
    folds: int | None = setting(
        Whole(2, 10_000), TASK, "Cross-validate: a search for each of so many folds."
    )
    fold: int | None = setting(
        Whole(1, 10_000), TASK, "Only the search that holds out this fold, from 1 on."
    )
