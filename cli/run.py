"""``spikevolve run``: evolve networks for a task."""

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .conduct import command_line, conduct

if TYPE_CHECKING:
    from ..evolve.run import Outcome
    from .progress import Watch

_LENGTH = "How long to search (the first limit that is reached ends it)"
_TASK = "The task"
_SEARCH = "The search"
_PLACE = "Where it runs, and what it writes"


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a whole number.") from None


def _real(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a number.") from None


def _option(
    panel: str, metavar: str, help_text: str, parser: Callable[[str], Any] | None = None
) -> Any:
    return typer.Option(
        metavar=metavar, help=help_text, rich_help_panel=panel, show_default=False, parser=parser
    )


def _number(panel: str, metavar: str, help_text: str) -> Any:
    return _option(panel, metavar, help_text, _real)


def _count(panel: str, help_text: str) -> Any:
    return _option(panel, "N", help_text, _whole)


def run(
    context: typer.Context,
    task: Annotated[
        str | None,
        typer.Argument(
            metavar="TASK",
            show_default=False,
            help="A task of `spikevolve tasks`, or your own as module:Class or path/file.py:Class.",
        ),
    ] = None,
    generations: Annotated[int | None, _count(_LENGTH, "Generations.")] = None,
    evaluations: Annotated[
        int | None, _count(_LENGTH, "Evaluations of networks, repeats from memory aside.")
    ] = None,
    minutes: Annotated[float | None, _number(_LENGTH, "X", "Minutes of search.")] = None,
    target: Annotated[
        float | None, _number(_LENGTH, "SCORE", "Score of the champion, test data aside.")
    ] = None,
    data: Annotated[
        Path | None, _option(_TASK, "PATH", "Your data file (data, csv) or folder (shd, nmnist).")
    ] = None,
    label: Annotated[
        str | None, _option(_TASK, "COLUMN", "Its column of labels; the last one by default.")
    ] = None,
    encoder: Annotated[
        str | None,
        _option(_TASK, "SPEC", "How values become spikes: NAME or NAME:KEY=VALUE,…"),
    ] = None,
    decoder: Annotated[
        str | None,
        _option(_TASK, "SPEC", "How spikes become answers, the same way."),
    ] = None,
    readout: Annotated[
        str | None,
        _option(_TASK, "SPEC", "A linear readout that learns the answers instead: ridge (data)."),
    ] = None,
    score: Annotated[
        str | None,
        _option(_TASK, "NAME", "What to judge by, such as balanced_accuracy, f1 or auc (data)."),
    ] = None,
    ticks: Annotated[int | None, _count(_TASK, "Ticks of one sample or decision.")] = None,
    episodes: Annotated[
        int | None, _count(_TASK, "Episodes that score a network (control).")
    ] = None,
    fresh_episodes: Annotated[
        bool | None,
        typer.Option(
            "--fresh-episodes/--fixed-episodes",
            rich_help_panel=_TASK,
            show_default=False,
            help="Draw new starts in every generation, or keep those of the first.",
        ),
    ] = None,
    racing: Annotated[
        int | None,
        _count(_TASK, "Episodes after which a newborn below the last median gets no more."),
    ] = None,
    evolve_encoder: Annotated[
        bool | None,
        typer.Option(
            "--evolve-encoder/--fixed-encoder",
            rich_help_panel=_TASK,
            show_default=False,
            help="Let every network have settings of the encoder for itself, or not.",
        ),
    ] = None,
    split_seed: Annotated[
        int | None, _count(_TASK, "Seed of the split into training and test data.")
    ] = None,
    folds: Annotated[
        int | None, _count(_TASK, "Cross-validate: a search for each of so many folds.")
    ] = None,
    fold: Annotated[
        int | None, _count(_TASK, "Only the search that holds out this fold, from 1 on.")
    ] = None,
    population: Annotated[int | None, _count(_SEARCH, "Networks in a generation.")] = None,
    seed: Annotated[int | None, _count(_SEARCH, "Seed of the search.")] = None,
    selection: Annotated[
        str | None, _option(_SEARCH, "NAME", "nsga2 (a front of trade-offs) or weighted (one sum).")
    ] = None,
    weights: Annotated[
        tuple[float, float, float] | None,
        _option(_SEARCH, "A B C", "For weighted: weights of score, spikes and latency."),
    ] = None,
    elites: Annotated[
        int | None, _count(_SEARCH, "Networks that survive by their score alone.")
    ] = None,
    tournament: Annotated[
        int | None, _count(_SEARCH, "Networks that compete to be a parent.")
    ] = None,
    by_merit: Annotated[
        float | None, _number(_SEARCH, "X", "Share of parents that win by score alone, 0 to 1.")
    ] = None,
    crossover: Annotated[
        float | None, _number(_SEARCH, "X", "Share of children with two parents, 0 to 1.")
    ] = None,
    mutations: Annotated[
        float | None, _number(_SEARCH, "X", "Mean number of mutations beyond the first.")
    ] = None,
    rates: Annotated[
        list[str] | None,
        _option(
            _SEARCH,
            "KEY=VALUE",
            "Relative rate of a mutation, such as add_synapse=0.2; repeatable.",
        ),
    ] = None,
    hidden: Annotated[
        int | None, _count(_SEARCH, "Most hidden neurons of a first network.")
    ] = None,
    density: Annotated[
        float | None, _number(_SEARCH, "X", "Share of possible synapses in a first network.")
    ] = None,
    profile: Annotated[
        str | None,
        _option(
            _SEARCH,
            "NAME",
            "Neuron model and ranges: float, int8, if, alif, cuba_lif, izhikevich or risp.",
        ),
    ] = None,
    ranges: Annotated[
        list[str] | None,
        _option(_SEARCH, "KEY=VALUE", "A change to the profile, such as max_hidden=5; repeatable."),
    ] = None,
    engine: Annotated[
        str | None,
        _option(_PLACE, "NAME", "auto, local (threads of this process) or ray."),
    ] = None,
    workers: Annotated[
        int | None, _count(_PLACE, "Threads or Ray workers; all cores by default.")
    ] = None,
    address: Annotated[
        str | None, _option(_PLACE, "ADDRESS", "Address of a Ray cluster, or auto.")
    ] = None,
    evaluation_seconds: Annotated[
        float | None,
        _number(
            _PLACE, "X", "Longest time for one network in a worker process; 60 in plain Python."
        ),
    ] = None,
    out: Annotated[
        Path | None, _option(_PLACE, "DIR", "Folder of the run; runs/TASK-SEED-… by default.")
    ] = None,
    genomes: Annotated[
        str | None, _option(_PLACE, "WHICH", "Genomes that the tables keep: survivors or all.")
    ] = None,
    config: Annotated[
        Path | None,
        _option(_PLACE, "FILE", "TOML file with the same words as these options, which win."),
    ] = None,
    quiet: Annotated[
        bool | None,
        typer.Option(
            "--quiet", "-q", rich_help_panel=_PLACE, help="Show neither progress nor report."
        ),
    ] = None,
) -> None:
    """Evolve networks for a task, and report the best.

    Ctrl-C saves the search and leaves; `spikevolve resume` goes on with it.
    """
    from ..evolve.settings import run_folder, settings_from
    from ..tasks.registry import is_own
    from .config import run_words

    words, silent = run_words(config, context.params)
    settings = settings_from(words)
    folder = run_folder(settings)
    own_task = settings.task if is_own(settings.task) else None

    def work(watch: "Watch", stop: threading.Event) -> "Outcome":
        from ..evolve.folds import start_folds
        from ..evolve.run import start

        begin = start_folds if settings.folds and settings.fold is None else start
        return begin(replace(settings, out=str(folder)), watch, stop, ["spikevolve", *sys.argv[1:]])

    conduct(work, folder, silent, again=command_line("resume", folder, own_task))
