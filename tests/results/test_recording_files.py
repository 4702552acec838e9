"""Spikes and potentials as files: what CSV says, that pictures are whole."""

from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import pytest

from spikevolve.errors import InputError
from spikevolve.results.pictures.spike_plots import check_suffix, write_potentials, write_raster

SPIKES = np.array([[1, 0, 0], [0, 0, 1], [1, 1, 0]], bool)
POTENTIALS = np.array([[0.1, -2], [0.3, 0], [1e-9, 4]], np.float32)
ROLES = ("input", "output", "hidden")
LABELS = ("eye", "hand", "h0")


def test_a_raster_is_a_row_for_each_spike(tmp_path: Path) -> None:
    write_raster(SPIKES, ROLES, LABELS, tmp_path / "a.csv")

    lines = (tmp_path / "a.csv").read_text().splitlines()
    assert lines == ["tick,neuron,name", "0,0,eye", "1,2,h0", "2,0,eye", "2,1,hand"]


def test_potentials_are_a_column_for_each_neuron_and_exact(tmp_path: Path) -> None:
    write_potentials(POTENTIALS, SPIKES[:, 1:], LABELS[1:], tmp_path / "v.csv")

    table = pd.read_csv(tmp_path / "v.csv")
    assert list(table) == ["tick", "hand", "h0"]
    assert table["tick"].tolist() == [0, 1, 2]
    np.testing.assert_array_equal(table[["hand", "h0"]].to_numpy(np.float32), POTENTIALS)


def test_pictures_are_whole(tmp_path: Path) -> None:
    write_raster(SPIKES, ROLES, LABELS, tmp_path / "a.PNG")
    write_potentials(POTENTIALS, SPIKES[:, 1:], LABELS[1:], tmp_path / "v.png")

    for name in ("a.PNG", "v.png"):
        image = np.asarray(matplotlib.image.imread(tmp_path / name, format="png"))
        assert image.std() > 0.01


def test_a_picture_of_too_many_neurons_is_refused(tmp_path: Path) -> None:
    many = np.zeros((4, 60))

    with pytest.raises(InputError, match=r"v.png: the network has 60 neurons with a potential; a "):
        write_potentials(many, many > 0, [str(j) for j in range(60)], tmp_path / "v.png")


def test_places_and_names_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"v.txt: .* must end with .csv, .png, .svg or .pdf"):
        check_suffix(tmp_path / "v.txt")
    with pytest.raises(InputError, match=r"a.csv cannot be written: a folder on the way does not"):
        write_raster(SPIKES, ROLES, LABELS, tmp_path / "no/a.csv")
