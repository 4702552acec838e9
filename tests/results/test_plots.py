"""Pictures are whole PNG files that show what they were handed."""

import os
import re
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.results.pictures import run_plots
from spikevolve.results.pictures.figures import inches
from spikevolve.results.pictures.network_layout import Graph, Scale, along, columns_of, lay_out
from spikevolve.results.pictures.network_plot import MATRIX_FROM, plot_network
from spikevolve.results.pictures.run_plots import Compared, plot_front, plot_progress
from spikevolve.results.pictures.spike_plots import Border, plot_potentials, plot_raster
from spikevolve.results.store.reader import read_table
from spikevolve.results.summaries.run_names import ScoreNames, objectives

RUN = runpy.run_path(str(Path(__file__).with_name("run_rows.py")))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    RUN["run_to_end"](folder)
    return folder


def graph(inputs: int, hidden: int, outputs: int, synapses: int) -> Graph:
    rng = np.random.default_rng(synapses)
    neurons = inputs + hidden + outputs
    pairs = rng.permutation(neurons * (neurons - inputs))[:synapses]
    return Graph(
        roles=["input"] * inputs + ["output"] * outputs + ["hidden"] * hidden,
        labels=[str(n) for n in range(neurons)],
        sources=pairs % neurons,
        targets=pairs // neurons + inputs,
        weights=rng.integers(-127, 128, synapses),
        delays=rng.integers(1, 16, synapses),
    )


def pixels(path: Path) -> NDArray[np.float32]:
    """(height, width, 3) in [0, 1]; fails unless it is a whole PNG of a sensible size."""
    image = np.asarray(matplotlib.image.imread(path))[..., :3]
    assert 200 < image.shape[0] < 4000
    assert 300 < image.shape[1] < 4000
    return image


def count(path: Path, colour: str) -> int:
    """How many pixels have exactly that colour."""
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    return int((np.rint(pixels(path) * 255) == wanted).all(axis=2).sum())


@pytest.mark.parametrize(
    "size", [(2, 0, 1, 2), (8, 3, 3, 24), (64, 20, 10, 250), (1, 0, 1, 0), (3, 5, 2, 40)]
)
def test_networks_of_any_size(size: tuple[int, int, int, int], tmp_path: Path) -> None:
    plot_network(graph(*size), "a network", tmp_path / "network.png")

    assert pixels(tmp_path / "network.png").std() > 0.01


def test_synapses_have_the_colour_of_their_sign(tmp_path: Path) -> None:
    ends = {"sources": np.array([0]), "targets": np.array([1]), "delays": np.array([1])}
    for name, weight in (("plus", 1), ("minus", -1)):
        one = Graph(["input", "output"], ["in", "out"], weights=np.array([weight]), **ends)
        plot_network(one, name, tmp_path / f"{name}.png")

    plus, minus = (pixels(tmp_path / f"{name}.png") for name in ("plus", "minus"))
    blue, orange = (
        ((p[..., 2] > 0.6) & (p[..., 1] < 0.5) & (p[..., 0] < 0.3))[
            : int(0.7 * len(p))
        ].sum()  # without the legend
        for p in (plus, minus)
    )
    assert blue > 200
    assert orange == 0


def test_a_raster_shows_each_spike(tmp_path: Path) -> None:
    raster = np.zeros((20, 3), bool)
    shares = []
    for ticks in ([3], [3, 9, 15]):
        raster[ticks, 1] = True
        path = tmp_path / "raster.png"
        plot_raster(raster, ["input", "hidden", "output"], ["a", "b", "c"], "spikes", path)
        shares.append(count(path, "#8a8a8a"))
        plot_raster(raster & False, ["input", "hidden", "output"], ["a", "b", "c"], "s", path)
        shares[-1] -= count(path, "#8a8a8a")  # legend

    assert shares[0] > 20
    assert shares[1] == pytest.approx(3 * shares[0], rel=0.1)


@pytest.mark.parametrize(("ticks", "neurons"), [(1, 1), (0, 3), (100, 300)])
def test_rasters_of_any_size(ticks: int, neurons: int, tmp_path: Path) -> None:
    raster = np.random.default_rng(1).random((ticks, neurons)) < 0.1
    labels = [str(n) for n in range(neurons)]

    plot_raster(raster, ["hidden"] * neurons, labels, "spikes", tmp_path / "raster.png")

    assert pixels(tmp_path / "raster.png").std() > 0.01


ACCURACY = ScoreNames("accuracy", "accuracy")
NO_VOLUMES = pd.Series(dtype=float)


def compared(
    scores: ScoreNames = ACCURACY, names: str = "score,spikes,latency", chance: float | None = None
) -> Compared:
    return Compared(objectives({"objectives": names}), scores, chance)


class Drawn:
    """What a picture shows, taken from Matplotlib's figure before it becomes pixels."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(run_plots, "save", self._take)

    def _take(self, figure: Figure, path: Path) -> None:
        self.axes = [axis for axis in figure.axes if axis.axison]

    def points(self, axis: int) -> dict[str, NDArray[np.float64]]:
        """Label → (points, 2) that are scattered over an axis."""
        found = self.axes[axis].collections
        return {str(c.get_label()): np.asarray(c.get_offsets(), np.float64) for c in found}

    def lines(self, axis: int) -> dict[str, NDArray[np.float64]]:
        """Label → heights of a line."""
        found = self.axes[axis].lines
        return {str(line.get_label()): np.asarray(line.get_ydata(), np.float64) for line in found}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    return Drawn(monkeypatch)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.png"


def front_table(run: Path) -> pd.DataFrame:
    """Training scores of 0.1, 0.2, …, test scores of 0.5, 0.6, …, the second one the champion."""
    front = read_table(run, "front")
    size = np.arange(len(front))
    front["mean_score"] = np.nan
    front["score"], front["test_score"] = 0.1 * (size + 1), 0.5 + 0.1 * size
    front["spikes"], front["test_spikes"], front["latency"] = 2.0 + size, 3.0 + size, 1.0
    front["champion"] = size == 1
    return front


def test_the_front_is_drawn_in_three_projections(run: Path, drawn: Drawn, path: Path) -> None:
    front = front_table(run)
    front["mark"] = ["", "champion", "knee", "", ""]
    plot_front(front, compared(chance=0.05), "iris", path)

    labels = [(axis.get_xlabel(), axis.get_ylabel()) for axis in drawn.axes]
    spikes, latency = "spikes (per sample or decision)", "latency (ticks)"
    assert labels == [(spikes, "accuracy"), (latency, "accuracy"), (latency, spikes)]
    assert drawn.points(0)["network"][0].tolist() == pytest.approx([2.0, 0.1])
    assert drawn.points(1)["network"][0].tolist() == pytest.approx([1.0, 0.1])
    assert drawn.points(2)["network"][0].tolist() == pytest.approx([1.0, 2.0])
    assert drawn.points(0)["champion"].tolist() == [pytest.approx([3.0, 0.2])]
    assert drawn.points(0)["knee"].tolist() == [pytest.approx([4.0, 0.3])]
    assert [drawn.lines(n).get("chance", np.empty(0)).tolist() for n in range(3)] == [
        [0.05, 0.05],
        [0.05, 0.05],
        [],
    ]


def test_test_scores_are_drawn_on_request_only(run: Path, drawn: Drawn, path: Path) -> None:
    plot_front(front_table(run), compared(), "iris", path)
    assert "on test data" not in drawn.points(0)
    assert "test_score" not in path.with_suffix(".csv").read_text()

    plot_front(front_table(run), compared(), "iris", path, test_scores=True)
    assert drawn.points(0)["on test data"][0].tolist() == pytest.approx([3.0, 0.5])
    assert "test_score" in path.with_suffix(".csv").read_text()


def test_scores_of_two_names_never_share_an_axis(run: Path, drawn: Drawn, path: Path) -> None:
    scores = ScoreNames("h_credit", "accuracy")
    plot_front(front_table(run), compared(scores), "digits", path, test_scores=True)

    assert [axis.get_ylabel() for axis in drawn.axes] == [
        "h_credit (training)",
        "h_credit (training)",
        "spikes (per sample or decision)",
        "test accuracy",
        "test accuracy",
    ]
    assert drawn.points(0).keys() == {"network", "champion"}
    assert drawn.points(3).keys() == {"on test data", "champion"}
    assert drawn.points(0)["network"][:, 1].max() <= 0.5
    assert drawn.points(3)["on test data"][:, 1].min() >= 0.5
    assert drawn.points(3)["champion"].tolist() == [pytest.approx([4.0, 0.6])]

    front = front_table(run)
    front["validation_score"] = 0.7
    plot_progress(read_table(run, "generations"), front, NO_VOLUMES, compared(scores), "d", path)
    words = [axis.get_ylabel() for axis in drawn.axes[:2]]
    assert words == ["h_credit\n(training)", "accuracy\n(validation)"]
    assert set(drawn.points(1)["front on validation data, at birth"][:, 1]) == {0.7}


def test_networks_without_a_spike_stay_on_a_logarithmic_axis(
    run: Path, drawn: Drawn, path: Path
) -> None:
    front = front_table(run)
    front["spikes"] = 0.1 * 10.0 ** np.arange(len(front))
    plot_front(front, compared(), "iris", path)
    assert drawn.axes[0].get_xscale() == "log"

    front.loc[0, "spikes"] = 0.0
    plot_front(front, compared(), "iris", path)

    assert drawn.axes[0].get_xscale() == "symlog"
    assert drawn.axes[0].get_xlim()[0] <= 0.0


@pytest.mark.parametrize(
    ("names", "panels", "rows"),
    [
        ("score", [("synapses", "return")], ["score"]),
        ("score,synapses", [("synapses", "return")], ["score", "synapses"]),
        (
            "latency,score,energy,footprint",
            [
                ("latency (ticks)", "return"),
                ("energy (joule)", "return"),
                ("energy (joule)", "latency (ticks)"),
            ],
            ["score", "latency", "energy", "footprint"],
        ),
    ],
)
def test_pictures_show_the_objectives_of_the_search(
    names: str,
    panels: list[tuple[str, str]],
    rows: list[str],
    run: Path,
    drawn: Drawn,
    path: Path,
) -> None:
    scores = ScoreNames("return", "return")
    plot_front(front_table(run), compared(scores, names), "cartpole", path)

    assert [(axis.get_xlabel(), axis.get_ylabel()) for axis in drawn.axes] == panels

    generations, front = read_table(run, "generations"), front_table(run).head(0)
    volumes = pd.Series(np.linspace(0, 1, len(generations)))
    plot_progress(generations, front, volumes, compared(scores, names), "cartpole", path)

    assert len(drawn.axes) == len(rows) + 2
    for name, axis in zip(rows, drawn.axes, strict=False):
        curve = next(li for li in axis.lines if li.get_label() == "best score so far").get_ydata()
        np.testing.assert_array_equal(np.asarray(curve, np.float64), generations[f"best_{name}"])
        assert axis.get_ylabel().startswith("return" if name == "score" else name)
    size, volume = (next(iter(drawn.lines(n).values())) for n in (len(rows), len(rows) + 1))
    np.testing.assert_array_equal(size, generations["archive_size"])
    np.testing.assert_array_equal(volume, volumes)


def test_a_champion_that_knows_the_validation_data_is_not_drawn_as_validated(
    run: Path, drawn: Drawn, path: Path
) -> None:
    front = front_table(run)
    front["validation_score"] = 0.7
    front["operators"] = [["perturb_weight"]] * 4 + [["refit"]]
    plot_progress(read_table(run, "generations"), front, NO_VOLUMES, compared(), "iris", path)

    assert len(drawn.points(0)["front on validation data, at birth"]) == 4


def test_progress_and_front_of_a_run(run: Path, tmp_path: Path) -> None:
    generations, front = read_table(run, "generations"), read_table(run, "front")
    plot_progress(generations, front, NO_VOLUMES, compared(), "xor", tmp_path / "progress.png")
    plot_front(front, compared(), "xor", tmp_path / "front.png")

    assert count(tmp_path / "progress.png", "#0072b2") > 500
    assert pixels(tmp_path / "front.png").std() > 0.02
    table = pd.read_csv(tmp_path / "progress.csv")
    np.testing.assert_array_equal(table["front_size"], generations["archive_size"])
    assert pd.read_csv(tmp_path / "front.csv")["id"].tolist() == front["id"].tolist()


def test_progress_before_any_network_is_above_chance(run: Path, path: Path) -> None:
    generations = read_table(run, "generations").head(1)
    generations[["best_score", "best_spikes", "best_latency"]] = np.nan

    front = front_table(run).head(0)
    plot_progress(generations, front, NO_VOLUMES, compared(), "xor", path)

    assert pixels(path).std() > 0.01


def test_nothing_to_draw_is_said(run: Path, path: Path) -> None:
    generations, front = (read_table(run, name).head(0) for name in ("generations", "front"))
    with pytest.raises(InputError, match="xor: no generation is closed yet"):
        plot_progress(generations, front, NO_VOLUMES, compared(), "xor", path)
    with pytest.raises(InputError, match="xor: there is no front yet"):
        plot_front(front, compared(), "xor", path)
    assert not path.exists()


@pytest.mark.parametrize(
    "size", [(8, 3, 3, 24), (4, 8, 2, 55), (20, 6, 10, 59), (3, 5, 2, 40), (1, 12, 1, 50)]
)
def test_no_synapse_runs_through_a_neuron(size: tuple[int, int, int, int]) -> None:
    drawn = graph(*size)
    columns = columns_of(drawn, np.ones(len(drawn.roles), bool))
    scale = Scale(pitch=0.6, column=2.3, radius=0.14)
    layout = lay_out(drawn, columns, scale)

    for source, target, way in zip(drawn.sources, drawn.targets, layout.ways, strict=True):
        points = along(way, np.linspace(0, 1, 400))
        apart = np.linalg.norm(points[:, np.newaxis] - layout.positions, axis=2).min(axis=0)
        others = np.delete(apart, [source, target])
        assert others.min(initial=np.inf) > scale.radius
        assert np.linalg.norm(points[0] - layout.positions[source]) < 2 * scale.radius
        assert np.linalg.norm(points[-1] - layout.positions[target]) < 2 * scale.radius


def test_the_sign_of_a_weight_shows_without_colour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("network_plot", "weight_matrix"):
        for colour in ("BLUE", "ORANGE"):
            monkeypatch.setattr(f"spikevolve.results.pictures.{name}.{colour}", "black")
    for synapses in (20, 80):
        plus = graph(8, 3, 3, synapses)
        plus = plus._replace(weights=np.abs(plus.weights) + 1)
        minus = plus._replace(weights=-plus.weights)
        shown = []
        for number, one in enumerate((plus, minus)):
            plot_network(one, "", tmp_path / f"{number}.png")
            shown.append(pixels(tmp_path / f"{number}.png"))
        body = slice(int(0.85 * len(shown[0])))  # the legend has counts
        assert (np.abs(shown[0][body] - shown[1][body]) > 0.2).sum() > 500


def test_many_synapses_are_a_matrix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matrices: list[int] = []
    monkeypatch.setattr(
        "spikevolve.results.pictures.network_plot.plot_matrix",
        lambda graph, *_: matrices.append(len(graph.weights)),
    )
    for synapses in (MATRIX_FROM - 1, MATRIX_FROM, 200):
        plot_network(graph(20, 8, 5, synapses), "", tmp_path / "n.png")

    assert matrices == [MATRIX_FROM, 200]


def test_the_data_of_a_network_lie_beside_its_picture(tmp_path: Path) -> None:
    drawn = graph(8, 3, 3, 24)
    plot_network(drawn, "", tmp_path / "network.svg")

    table = pd.read_csv(tmp_path / "network.csv")
    for name in ("source", "target", "weight", "delay"):
        np.testing.assert_array_equal(table[name], getattr(drawn, f"{name}s"))
    assert table["source_name"].tolist() == drawn.sources.tolist()  # they are called so


@pytest.mark.parametrize(
    ("text", "value"), [("85mm", 85 / 25.4), ("8.5cm", 8.5 / 2.54), (" 3.3 in", 3.3)]
)
def test_widths_have_units(text: str, value: float) -> None:
    assert inches(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["85", "mm", "-85mm", "85px", "1mm", "9999mm", ""])
def test_other_widths_are_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"width is '.*'; it must be a number with mm, cm or in"):
        inches(text)


def draw_all(run: Path, folder: Path, ending: str, width: float) -> list[Path]:
    """Every picture there is."""
    generations, front = read_table(run, "generations"), front_table(run)
    raster = np.random.default_rng(1).random((30, 14)) < 0.2
    small, large = graph(8, 3, 3, 24), graph(20, 6, 10, 100)
    borders = [Border(0, "cat", "cat"), Border(10, "dog", "cat"), Border(20, "dog", "dog")]
    names = ("progress", "front", "network", "matrix", "raster", "potentials")
    paths = [folder / f"{name}.{ending}" for name in names]
    plot_progress(generations, front, NO_VOLUMES, compared(), "", paths[0], width)
    plot_front(front, compared(), "", paths[1], width, test_scores=True)
    plot_network(small, "", paths[2], width)
    plot_network(large, "", paths[3], width)
    plot_raster(raster, small.roles, small.labels, "", paths[4], borders, width)
    plot_potentials(raster * 1.0, raster, small.labels, paths[5], None, borders, "", width)
    return paths


def test_pictures_have_the_width_that_is_asked_for(run: Path, tmp_path: Path) -> None:
    points = 85 / 25.4 * 72
    for path in draw_all(run, tmp_path, "svg", 85 / 25.4):
        width = ElementTree.parse(path).getroot().attrib["width"]
        assert float(width.removesuffix("pt")) == pytest.approx(points, abs=0.01), path.name
    for path in draw_all(run, tmp_path, "pdf", 85 / 25.4):
        box = re.search(rb"/MediaBox \[ 0 0 ([\d.]+)", path.read_bytes())
        assert box is not None
        assert float(box[1]) == pytest.approx(points, abs=0.01), path.name


@pytest.mark.parametrize("ending", ["svg", "pdf"])
def test_the_same_picture_has_the_same_bytes(ending: str, tmp_path: Path) -> None:
    for name in ("a", "b"):
        plot_network(graph(8, 3, 3, 24), "", tmp_path / f"{name}.{ending}")

    assert (tmp_path / f"a.{ending}").read_bytes() == (tmp_path / f"b.{ending}").read_bytes()


def test_a_picture_too_narrow_for_its_names_is_refused(tmp_path: Path) -> None:
    drawn = graph(8, 3, 3, 24)._replace(labels=["a name that is long, " * 3] * 14)

    with pytest.raises(
        InputError, match=r"n.png: the network's names and its .* do not fit; .* mm"
    ):
        plot_network(drawn, "", tmp_path / "n.png", width=3.3)


def test_a_raster_names_its_outputs_at_any_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Figure] = []
    monkeypatch.setattr(
        "spikevolve.results.pictures.spike_plots.save", lambda figure, _: taken.append(figure)
    )
    roles = ["input"] * 300 + ["output"] * 10
    labels = [f"n{number}" for number in range(310)]
    plot_raster(np.zeros((20, 310), bool), roles, labels, "", tmp_path / "r.png")

    (axis,) = taken[0].axes
    assert [text.get_text() for text in axis.get_yticklabels()] == labels[300:]
    heights = np.diff(axis.get_yticks()) * taken[0].get_figheight() / abs(np.diff(axis.get_ylim()))
    inch = heights * axis.get_position().height
    assert inch.min() > 0.1  # room for a line of letters


def test_a_raster_says_what_is_decided_and_what_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[Figure] = []
    monkeypatch.setattr(
        "spikevolve.results.pictures.spike_plots.save", lambda figure, _: taken.append(figure)
    )
    borders = [Border(0, "cat", "cat"), Border(10, "dog", "cat"), Border(20, "dog", "")]
    args = (["output", "output"], ["cat", "dog"], "", tmp_path / "r.png", borders)
    plot_raster(np.zeros((30, 2), bool), *args)

    said = [text.get_text() for text in taken[0].axes[0].texts]
    assert said == ["decided", "cat", "cat\n≠ dog", "dog"]
    assert (
        [li.get_xdata()[0] for li in taken[0].axes[0].lines if len(li.get_xdata()) == 2][  # type: ignore[index, arg-type]
            -2:
        ]
        == [9.5, 19.5]
    )


DRAW: dict[str, Callable[[Path], None]] = {
    "network": lambda path: plot_network(graph(2, 1, 1, 3), "n", path),
    "raster": lambda path: plot_raster(np.ones((3, 1), bool), ["hidden"], ["h"], "r", path),
}


@pytest.mark.parametrize("picture", DRAW)
def test_a_place_that_cannot_be_written(picture: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"file/p.png cannot be written: a part of the path is a"):
        DRAW[picture](tmp_path / "file" / "p.png")
    with pytest.raises(InputError, match="cannot be written: a folder on the way does not exist"):
        DRAW[picture](tmp_path / "none" / "p.png")


def test_no_display_and_no_global_state_is_needed(tmp_path: Path) -> None:
    code = (
        "import sys; from spikevolve.results.pictures import run_plots, spike_plots, network_plot\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}

    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
