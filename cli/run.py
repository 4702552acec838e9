"""``spikevolve run``: evolve networks for a task."""

import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from . import profile_options, task_options
from .conduct import command_line, conduct
from .options import count, number, option

if TYPE_CHECKING:
    from ..evolve.runs.run import Outcome
    from .progress import Watch

_LENGTH = "How long to search (the first limit that is reached ends it)"
_SEARCH = "The search"
_PLACE = "Where it runs, and what it writes"


def run(
    context: typer.Context,
    task: Annotated[
        str | None,
        typer.Argument(
            metavar="TASK",
            show_default=False,
            help=task_options.TASK,
        ),
    ] = None,
    generations: Annotated[int | None, count(_LENGTH, "Generations.")] = None,
    evaluations: Annotated[
        int | None, count(_LENGTH, "Evaluations of networks, repeats from memory aside.")
    ] = None,
    minutes: Annotated[float | None, number(_LENGTH, "X", "Minutes of search.")] = None,
    target: Annotated[
        float | None, number(_LENGTH, "SCORE", "Score of the champion, test data aside.")
    ] = None,
    data: task_options.Data = None,
    label: task_options.Label = None,
    encoder: task_options.Encoder = None,
    decoder: task_options.Decoder = None,
    readout: task_options.Readout = None,
    score: task_options.Score = None,
    training_score: task_options.TrainingScore = None,
    ticks: task_options.Ticks = None,
    episodes: task_options.Episodes = None,
    fresh_episodes: task_options.FreshEpisodes = None,
    racing: Annotated[
        int | None,
        count(
            task_options.PANEL, "Episodes after which a newborn below the last median gets no more."
        ),
    ] = None,
    evolve_encoder: task_options.EvolveEncoder = None,
    split_seed: task_options.SplitSeed = None,
    folds: Annotated[
        int | None, count(task_options.PANEL, "Cross-validate: a search for each of so many folds.")
    ] = None,
    fold: Annotated[
        int | None,
        count(task_options.PANEL, "Only the search that holds out this fold, from 1 on."),
    ] = None,
    population: Annotated[int | None, count(_SEARCH, "Networks in a generation.")] = None,
    seed: Annotated[int | None, count(_SEARCH, "Seed of the search.")] = None,
    selection: Annotated[
        str | None, option(_SEARCH, "NAME", "nsga2 (a front of trade-offs) or weighted (one sum).")
    ] = None,
    weights: Annotated[
        tuple[float, float, float] | None,
        option(_SEARCH, "A B C", "For weighted: weights of score, spikes and latency."),
    ] = None,
    elites: Annotated[
        int | None, count(_SEARCH, "Networks that survive by their score alone.")
    ] = None,
    tournament: Annotated[
        int | None, count(_SEARCH, "Networks that compete to be a parent.")
    ] = None,
    by_merit: Annotated[
        float | None, number(_SEARCH, "X", "Share of parents that win by score alone, 0 to 1.")
    ] = None,
    crossover: Annotated[
        float | None, number(_SEARCH, "X", "Share of children with two parents, 0 to 1.")
    ] = None,
    mutations: Annotated[
        float | None, number(_SEARCH, "X", "Mean number of mutations beyond the first.")
    ] = None,
    rates: Annotated[
        list[str] | None,
        option(
            _SEARCH,
            "KEY=VALUE",
            "Relative rate of a mutation, such as add_synapse=0.2; repeatable.",
        ),
    ] = None,
    hidden: Annotated[int | None, count(_SEARCH, "Most hidden neurons of a first network.")] = None,
    density: Annotated[
        float | None, number(_SEARCH, "X", "Share of possible synapses in a first network.")
    ] = None,
    profile: profile_options.Profile = None,
    ranges: profile_options.Ranges = None,
    engine: Annotated[
        str | None,
        option(_PLACE, "NAME", "auto, local (threads of this process) or ray."),
    ] = None,
    workers: Annotated[
        int | None, count(_PLACE, "Threads or Ray workers; all cores by default.")
    ] = None,
    address: Annotated[
        str | None, option(_PLACE, "ADDRESS", "Address of a Ray cluster, or auto.")
    ] = None,
    evaluation_seconds: Annotated[
        float | None,
        number(
            _PLACE, "X", "Longest time for one network in a worker process; 60 in plain Python."
        ),
    ] = None,
    out: Annotated[
        Path | None, option(_PLACE, "DIR", "Folder of the run; runs/TASK-SEED-… by default.")
    ] = None,
    genomes: Annotated[
        str | None, option(_PLACE, "WHICH", "Genomes that the tables keep: survivors or all.")
    ] = None,
    config: Annotated[
        Path | None,
        option(_PLACE, "FILE", "TOML file with the same words as these options, which win."),
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
    from ..evolve.runs.settings import run_folder, settings_from
    from ..tasks.registry import is_own
    from .config import run_words

    words, silent = run_words(config, context.params)
    settings = settings_from(words)
    folder = run_folder(settings)
    own_task = settings.task if is_own(settings.task) else None

    def work(watch: "Watch", stop: threading.Event) -> "Outcome":
        from ..evolve.runs.folds import start_folds
        from ..evolve.runs.run import start

        begin = start_folds if settings.folds and settings.fold is None else start
        return begin(replace(settings, out=str(folder)), watch, stop, ["spikevolve", *sys.argv[1:]])

    conduct(work, folder, silent, again=command_line("resume", folder, own_task))
