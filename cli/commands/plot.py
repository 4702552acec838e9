"""`spikevolve plot`: pictures of a run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..exit_status import say
from ..options_from_settings import RunFolder, TaskAgain, WrapAgain

if TYPE_CHECKING:
    from ...evolve.runs.prepared_again import OwnCode
    from ...results.summaries.run_report import Report
    from ...tasks.sample_replay import Replay


def plot(
    folder: RunFolder,
    individual: Annotated[
        str | None,
        typer.Argument(metavar="ID", help="A network by its id in the report, to draw it alone."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to; RUN/plots by default.", show_default=False),
    ] = None,
    form: Annotated[str, typer.Option("--format", metavar="NAME", help="png, svg or pdf.")] = "png",
    width: Annotated[
        str | None,
        typer.Option(
            metavar="WIDTH",
            help="Width for print, such as 85mm; without a title.",
            show_default=False,
        ),
    ] = None,
    potentials: Annotated[
        bool, typer.Option("--potentials", help="Draw potentials and thresholds, too.")
    ] = False,
    test_scores: Annotated[
        bool, typer.Option("--test-scores", help="Draw the front's test scores, too.")
    ] = False,
    task: TaskAgain = None,
    wrap: WrapAgain = None,
) -> None:
    """Draw a run: its progress, its Pareto front, the champion's graph and spikes; data beside as CSV.

    While a run is on its way, or stopped, it is drawn as it stands.
    """
    from ...evolve.runs.prepared_again import own_code
    from ...results.pictures.figures import check_format, inches
    from ...results.store.atomic_files import place_of_the_user
    from ...results.summaries.run_report import build_report
    from ...results.summaries.run_status import about_front

    ending, wide = check_format(form), None if width is None else inches(width)
    report = build_report(folder)
    title = f"{report['task']}, seed {report['seed']}"
    if state := about_front(folder):
        say(state)
        title += f", generation {report['generations']}"
    out = folder / "plots" if out is None else out
    with place_of_the_user(f"folder {out} cannot be written"):
        out.mkdir(parents=True, exist_ok=True)
    look = {"title": title, "ending": ending, "width": wide}
    drawn = [] if individual else _draw_run(folder, report, out, look, test_scores)
    drawn += _draw_network(folder, report, individual, own_code(task, wrap), out, look, potentials)
    for path in drawn:
        typer.echo(path)


def _draw_run(
    folder: Path, report: "Report", out: Path, look: dict[str, Any], test_scores: bool
) -> list[Path]:
    """Draw progress and front; return the pictures."""
    from ...results.pictures.run_plots import Compared, plot_front, plot_progress
    from ...results.store.folder import read_manifest
    from ...results.store.reader import read_table
    from ...results.summaries.hypervolume import hypervolumes
    from ...results.summaries.run_names import ScoreNames, compared, objectives
    from ...results.summaries.run_report import entry

    settings = entry(read_manifest(folder), "settings")
    names = ScoreNames(report["training_score"], report["score"])
    run = Compared(objectives(settings), names, report["chance"])
    front, generations = read_table(folder, "front"), read_table(folder, "generations")
    wanted = ["generation", "id", "objectives", "feasible"]
    volumes = hypervolumes(
        read_table(folder, "individuals", wanted), compared(settings), run.chance
    )
    path = out / f"progress.{look['ending']}"
    plot_progress(generations, front, volumes, run, _title(look, "progress"), path, look["width"])
    if front.empty:
        return [path]
    front["mark"] = front["id"].map(lambda id_: ", ".join(report["matters"].get(id_, ())))
    paths = [path, out / f"front.{look['ending']}"]
    plot_front(front, run, _title(look, "Pareto front"), paths[1], look["width"], test_scores)
    return paths


def _draw_network(
    folder: Path,
    report: "Report",
    individual: str | None,
    named: "OwnCode",
    out: Path,
    look: dict[str, Any],
    potentials: bool,
) -> list[Path]:
    """Draw graph, spikes and, if asked, potentials of the champion or another; return the pictures."""
    from ...evolve.networks.champion import Champion
    from ...evolve.networks.replay import replay
    from ...evolve.runs.stored_networks import about_no_champion
    from ...results.pictures.network_layout import Graph
    from ...results.pictures.network_plot import plot_network
    from ...results.pictures.spike_plots import Border, write_raster

    if individual is None and report["champion"] is None:
        say(about_no_champion(folder))
        return []
    found = Champion.read(folder, individual)
    shown = replay(folder, named, individual)
    end = f"-{individual}.{look['ending']}" if individual else f".{look['ending']}"
    network, roles, labels = found.network, found.roles, found.labels
    graph = Graph(roles, labels, network.sources, network.targets, network.weights, network.delays)
    who = f"{'network' if individual else 'champion'} {found.id}"
    paths = [out / f"network{end}"]
    plot_network(graph, _title(look, who), paths[0], look["width"])
    if shown is None:
        say("Spikes are not drawn: the task cannot be looked into")
        return paths
    borders = [Border(*window) for window in shown.windows]
    paths.append(out / f"raster{end}")
    for path in (paths[1], paths[1].with_suffix(".csv")):
        caption = _title(look, f"{who}, {shown.caption}")
        write_raster(shown.raster, roles, labels, path, caption, borders, look["width"])
    if potentials:
        paths.append(out / f"potentials{end}")
        _draw_potentials(shown, roles, labels, paths[2], _title(look, who), look["width"])
    return paths


def _draw_potentials(
    shown: "Replay",
    roles: tuple[str, ...],
    labels: tuple[str, ...],
    path: Path,
    title: str,
    width: float | None,
) -> None:
    """Draw the potentials of the outputs, then of as many hidden neurons as there is room for."""
    from ...results.pictures.spike_plots import (
        MAX_LABELS,
        Border,
        plot_potentials,
        write_potentials,
    )

    wanted = [n for role in ("output", "hidden") for n, its in enumerate(roles) if its == role]
    chosen, names = wanted[:MAX_LABELS], [labels[n] for n in wanted]
    write_potentials(
        shown.potentials[:, wanted], shown.raster[:, wanted], names, path.with_suffix(".csv")
    )
    plot_potentials(
        shown.potentials[:, chosen],
        shown.raster[:, chosen],
        names[:MAX_LABELS],
        path,
        shown.thresholds[chosen],
        [Border(*window) for window in shown.windows],
        title,
        width,
    )


def _title(look: dict[str, Any], what: str) -> str:
    """Return the title of a picture; for print there is none, since a caption stands below."""
    return f"{look['title']}: {what}" if look["width"] is None else ""
