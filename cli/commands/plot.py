"""`spikevolve plot`: pictures of a run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..exit_status import say
from ..options_from_settings import RunFolder, TaskAgain

if TYPE_CHECKING:
    from ...evolve.networks.champion import Champion
    from ...tasks.sample_replay import Replay


def plot(
    folder: RunFolder,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to; RUN/plots by default.", show_default=False),
    ] = None,
    task: TaskAgain = None,
) -> None:
    """Draw a run as PNG: its progress, its Pareto front, the champion's graph and its spikes."""
    from ...evolve.networks.run_network import read_champion, replay
    from ...evolve.runs.stored_networks import about_no_champion
    from ...results.pictures.run_plots import plot_front, plot_progress
    from ...results.store.atomic_files import place_of_the_user
    from ...results.store.reader import read_table
    from ...results.summaries.run_names import ScoreNames
    from ...results.summaries.run_report import build_report

    report = build_report(folder)
    title = f"{report['task']}, seed {report['seed']}"
    champion = read_champion(folder) if report["champion"] else None
    shown = replay(folder, task) if champion else None
    out = folder / "plots" if out is None else out
    with place_of_the_user(f"folder {out} cannot be written"):
        out.mkdir(parents=True, exist_ok=True)
    what = report["objectives"], ScoreNames(report["training_score"], report["score"])
    generations = read_table(folder, "generations")
    plot_progress(generations, *what, f"{title}: progress", out / "progress.png")
    drawn = ["progress.png"]
    if report["front"]:
        front = read_table(folder, "front")
        plot_front(front, *what, f"{title}: Pareto front", out / "front.png")
        drawn.append("front.png")
    if champion:
        drawn += _draw_champion(champion, shown, f"{title}: champion {champion.id}", out)
    else:
        say(about_no_champion(folder))
    for name in drawn:
        typer.echo(out / name)


def _draw_champion(
    champion: "Champion", shown: "Replay | None", title: str, out: Path
) -> list[str]:
    """Draw graph and spikes; return the names of the files."""
    from ...results.pictures.network_plot import Graph, plot_network
    from ...results.pictures.spike_plots import plot_raster

    network, roles, labels = champion.network, champion.roles, champion.labels
    graph = Graph(roles, labels, network.sources, network.targets, network.weights, network.delays)
    plot_network(graph, title, out / "network.png")
    if shown is None:
        say("Spikes are not drawn: this task runs in worker processes only")
        return ["network.png"]
    plot_raster(shown.raster, roles, labels, f"{title}: {shown.caption}", out / "raster.png")
    return ["network.png", "raster.png"]
