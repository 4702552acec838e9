"""Pictures are whole PNG files that show what they were handed."""

import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from numpy.typing import NDArray

from spikevolve.errors import InputError
from spikevolve.results.pictures import run_plots
from spikevolve.results.pictures.network_plot import Graph, plot_network
from spikevolve.results.pictures.run_plots import plot_front, plot_progress
from spikevolve.results.pictures.spike_plots import plot_raster
from spikevolve.results.store.reader import read_table
from spikevolve.results.summaries.run_names import ScoreNames

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
    blue, orange = (((p[..., 2] > 0.6) & (p[..., 0] < 0.3)).sum() for p in (plus, minus))
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
    assert shares[1] == pytest.approx(3 * shares[0], rel=0.03)


@pytest.mark.parametrize(("ticks", "neurons"), [(1, 1), (0, 3), (100, 300)])
def test_rasters_of_any_size(ticks: int, neurons: int, tmp_path: Path) -> None:
    raster = np.random.default_rng(1).random((ticks, neurons)) < 0.1
    labels = [str(n) for n in range(neurons)]

    plot_raster(raster, ["hidden"] * neurons, labels, "spikes", tmp_path / "raster.png")

    assert pixels(tmp_path / "raster.png").std() > 0.01


OBJECTIVES = ("score", "spikes", "latency")
ACCURACY = ScoreNames("accuracy", "accuracy")


class Drawn:
    """What a picture shows, taken from Matplotlib's figure before it becomes pixels."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(run_plots, "save", self._take)

    def _take(self, figure: Figure, path: Path) -> None:
        self.axes = [axis for axis in figure.axes if axis.get_label() != "<colorbar>"]
        self.colourbars = [a.get_ylabel() for a in figure.axes if a.get_label() == "<colorbar>"]

    def points(self, axis: int) -> dict[str, NDArray[np.float64]]:
        """Label → (points, 2) that are scattered over an axis."""
        found = self.axes[axis].collections
        return {str(c.get_label()): np.asarray(c.get_offsets(), np.float64) for c in found}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Drawn:
    return Drawn(monkeypatch)


def front_table(run: Path) -> pd.DataFrame:
    """Training scores of 0.1, 0.2, …, test scores of 0.5, 0.6, …, the second one the champion."""
    front = read_table(run, "front")
    size = np.arange(len(front))
    front["mean_score"] = np.nan
    front["score"], front["test_score"] = 0.1 * (size + 1), 0.5 + 0.1 * size
    front["spikes"], front["test_spikes"], front["latency"] = 2.0 + size, 3.0 + size, 1.0
    front["champion"] = size == 1
    return front


def test_scores_of_one_name_share_an_axis_that_names_them(run: Path, drawn: Drawn) -> None:
    plot_front(front_table(run), OBJECTIVES, ACCURACY, "iris", Path("x.png"))

    (axis,) = drawn.axes
    assert axis.get_ylabel() == "accuracy"
    assert axis.get_xlabel() == "spikes (per sample or decision)"
    assert drawn.colourbars == ["latency (ticks)"]
    assert drawn.points(0)["selection data"][0].tolist() == pytest.approx([2.0, 0.1])
    assert drawn.points(0)["held-out test"][0].tolist() == pytest.approx([3.0, 0.5])
    assert drawn.points(0)["champion"].tolist() == [pytest.approx([3.0, 0.2])]


def test_scores_of_two_names_never_share_an_axis(run: Path, drawn: Drawn) -> None:
    scores = ScoreNames("h_credit", "accuracy")
    plot_front(front_table(run), OBJECTIVES, scores, "digits", Path("x.png"))

    training, tested = drawn.axes
    assert (training.get_ylabel(), tested.get_ylabel()) == ("h_credit (training)", "accuracy")
    assert drawn.points(0).keys() == {"selection data", "champion"}
    assert drawn.points(1).keys() == {"held-out test", "champion"}
    assert drawn.points(0)["selection data"][:, 1].max() <= 0.5
    assert drawn.points(1)["held-out test"][:, 1].min() >= 0.5
    assert drawn.points(1)["champion"].tolist() == [pytest.approx([4.0, 0.6])]
    assert not training.lines
    assert not tested.lines  # nothing joins the two scores of a network

    plot_progress(read_table(run, "generations"), OBJECTIVES, scores, "digits", Path("x.png"))
    assert drawn.axes[0].get_ylabel() == "h_credit (training)"


def test_networks_without_a_spike_stay_on_a_logarithmic_axis(run: Path, drawn: Drawn) -> None:
    front = front_table(run)
    front["spikes"] = 0.1 * 10.0 ** np.arange(len(front))
    front["test_spikes"] = front["spikes"]
    plot_front(front, OBJECTIVES, ACCURACY, "iris", Path("x.png"))
    assert drawn.axes[0].get_xscale() == "log"

    front.loc[0, "test_spikes"] = 0.0
    plot_front(front, OBJECTIVES, ACCURACY, "iris", Path("x.png"))

    assert drawn.axes[0].get_xscale() == "symlog"
    assert drawn.axes[0].get_xlim()[0] <= 0.0


def test_a_front_without_test_has_one_axis(run: Path, drawn: Drawn) -> None:
    front = front_table(run)
    front[["test_score", "test_spikes"]] = np.nan

    plot_front(front, OBJECTIVES, ScoreNames("h_credit", "accuracy"), "digits", Path("x.png"))

    assert [axis.get_ylabel() for axis in drawn.axes] == ["h_credit (training)"]


@pytest.mark.parametrize(
    ("objectives", "across", "colours", "rows"),
    [
        (("score",), "synapses", [], ["score"]),
        (("score", "synapses"), "synapses", [], ["score", "synapses"]),
        (
            ("score", "footprint", "energy", "latency"),
            "footprint (bytes)",
            ["energy (joule)"],
            ["score", "footprint", "energy", "latency"],
        ),
    ],
)
def test_pictures_show_the_objectives_of_the_search(
    objectives: tuple[str, ...],
    across: str,
    colours: list[str],
    rows: list[str],
    run: Path,
    drawn: Drawn,
) -> None:
    scores = ScoreNames("return", "return")
    plot_front(front_table(run), objectives, scores, "cartpole", Path("x.png"))

    assert drawn.axes[0].get_xlabel() == across
    assert drawn.colourbars == colours

    generations = read_table(run, "generations")
    plot_progress(generations, objectives, scores, "cartpole", Path("x.png"))

    assert len(drawn.axes) == len(rows)
    for name, axis in zip(rows, drawn.axes, strict=True):
        curve = np.asarray(axis.lines[-1].get_ydata(), np.float64)
        np.testing.assert_array_equal(curve, generations[f"best_{name}"])
        assert axis.get_ylabel().startswith("return" if name == "score" else name)


def test_progress_and_front_of_a_run(run: Path, tmp_path: Path) -> None:
    generations, front = read_table(run, "generations"), read_table(run, "front")
    plot_progress(generations, OBJECTIVES, ACCURACY, "xor", tmp_path / "progress.png")
    plot_front(front, OBJECTIVES, ACCURACY, "xor", tmp_path / "front.png")

    assert count(tmp_path / "progress.png", "#0072b2") > 500
    assert pixels(tmp_path / "front.png").std() > 0.05


def test_progress_before_any_network_is_above_chance(run: Path, tmp_path: Path) -> None:
    generations = read_table(run, "generations").head(1)
    generations[["best_score", "best_spikes", "best_latency"]] = np.nan

    plot_progress(generations, OBJECTIVES, ACCURACY, "xor", tmp_path / "progress.png")

    assert pixels(tmp_path / "progress.png").std() > 0.01


def test_nothing_to_draw_is_said(run: Path, tmp_path: Path) -> None:
    generations, front = (read_table(run, name).head(0) for name in ("generations", "front"))
    with pytest.raises(InputError, match="xor: no generation is closed yet"):
        plot_progress(generations, OBJECTIVES, ACCURACY, "xor", tmp_path / "p.png")
    with pytest.raises(InputError, match="xor: there is no front yet"):
        plot_front(front, OBJECTIVES, ACCURACY, "xor", tmp_path / "p.png")
    assert not (tmp_path / "p.png").exists()


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
