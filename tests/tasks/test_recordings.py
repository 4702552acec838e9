"""Recordings of events, read from small files in the true formats."""

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikevolve.errors import InputError
from spikevolve.sim.batch import unpack_lanes
from spikevolve.tasks import Task, TaskSettings, load
from spikevolve.tasks.data.files.event_files import read_atis, read_shd

FILES: dict[str, Any] = runpy.run_path(str(Path(__file__).with_name("recording_files.py")))


def spikes(task: Task, split: Any) -> np.ndarray[Any, Any]:
    """(samples, ticks, inputs)."""
    workload = task.workload(split, 1)
    return unpack_lanes(workload.arrays[0], workload.size).transpose(2, 0, 1)


def test_events_of_a_camera(tmp_path: Path) -> None:
    file = tmp_path / "a.bin"
    written = [(3, 5, 1, 10), (33, 0, 0, 8_000), (0, 240, 0, 0), (1, 2, 1, 100), (9, 240, 1, 5)]
    file.write_bytes(FILES["atis"]([*written, (4, 4, 0, 2**23 - 1)]))

    x, y, t, polarity = read_atis(file)

    assert x.tolist() == [3, 33, 1, 4]
    assert y.tolist() == [5, 0, 2, 4]
    assert t.tolist() == [10, 8_000, 100 + 8_192, 2**23 - 1 + 2 * 8_192]
    assert polarity.tolist() == [1, 0, 1, 0]


def test_nmnist_keeps_its_split_and_its_times(tmp_path: Path) -> None:
    folder = FILES["write_nmnist"](tmp_path)
    task = load("nmnist", TaskSettings(data=folder, ticks=15))

    for part, split in (("Train", "train"), ("Test", "test")):
        files = sorted((folder / part).glob("*/*.bin"))
        expected = np.zeros((len(files), 15, 128), bool)
        for sample, file in enumerate(files):
            for x, y, t, polarity in zip(*read_atis(file), strict=True):
                if t < 300_000:
                    expected[sample, t // 20_000, 64 * polarity + y * 8 // 34 * 8 + x * 8 // 34] = 1
        assert np.array_equal(spikes(task, split), expected)
        labels = [int(file.parent.name) for file in files]
        assert task.workload(split, 1).arrays[1].tolist() == labels  # type: ignore[arg-type]


def test_a_split_that_is_kept_takes_no_folds(tmp_path: Path) -> None:
    folder = FILES["write_nmnist"](tmp_path)

    with pytest.raises(InputError, match=r"task nmnist takes no folds \(got 2\)"):
        load("nmnist", TaskSettings(data=folder, folds=2))


def test_shd_keeps_its_split_and_its_times(tmp_path: Path) -> None:
    times = [0.0, 0.0195, 0.5, np.nan, 0.999, 1.2]
    units = [0, 9, 10, 5, 699, 3]
    one = (times, units), ([0.25], [350])
    FILES["write_spikes"](tmp_path / "shd_train.h5", [*one, one[1]], [1, 0, 2])
    FILES["write_spikes"](tmp_path / "shd_test.h5", one, [2, 1])

    task = load("shd", TaskSettings(data=tmp_path))

    expected = np.zeros((50, 70), bool)
    expected[[0, 0, 25, 49], [0, 0, 1, 69]] = True
    for split, size in (("train", 3), ("test", 2)):
        found = spikes(task, split)
        assert found.shape == (size, 50, 70)
        assert np.array_equal(found[0], expected)
        assert np.argwhere(found[1]).tolist() == [[12, 35]]
    assert sorted(vars(task)["classes"]) == sorted(FILES["CLASSES"])


def test_files_of_shd_with_mistakes(tmp_path: Path) -> None:
    h5py: Any = pytest.importorskip("h5py", reason="SHD's files need h5py: spikevolve[events]")
    file = tmp_path / "shd_train.h5"
    file.write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"shd_train\.h5 cannot be read as HDF5: "):
        read_shd(file)
    with h5py.File(file, "w") as content:
        content["spikes/times"] = [1.0]
    with pytest.raises(InputError, match=r"has no spikes/units; it must have spikes/times, "):
        read_shd(file)
    FILES["write_spikes"](file, [([0.1], [1, 2])], [0])
    with pytest.raises(InputError, match="sample 0 has 1 times, but 2 units of spikes"):
        read_shd(file)
    FILES["write_spikes"](file, [], [])
    with pytest.raises(InputError, match="a label for each sample, and at least one"):
        read_shd(file)
    FILES["write_spikes"](file, [([0.1], [700])], [0])
    FILES["write_spikes"](tmp_path / "shd_test.h5", [([0.1], [1])], [1])
    with pytest.raises(InputError, match=r"sample 0 has a unit outside 0 … 699"):
        load("shd", TaskSettings(data=tmp_path))


def test_recordings_of_nmnist_with_mistakes(tmp_path: Path) -> None:
    folder = FILES["write_nmnist"](tmp_path / "whole")
    file = folder / "Train" / "0" / "00000.bin"
    for data, message in (
        (b"", r"must have five bytes for each of its events, at least one \(it has 0 bytes\)"),
        (b"1234567", r"00000\.bin must have five bytes for each .* \(it has 7 bytes\)"),
        (FILES["atis"]([(34, 0, 1, 5)]), r"has an event outside of 34 x 34 pixels"),
    ):
        file.write_bytes(data)
        with pytest.raises(InputError, match=message):
            load("nmnist", TaskSettings(data=folder))
    with pytest.raises(InputError, match=r"Train has no recordings; it must hold a folder of"):
        load("nmnist", TaskSettings(data=tmp_path))


def test_what_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="task nmnist needs data: the folder of the download"):
        load("nmnist")
    with pytest.raises(InputError, match=r"task shd: data must be a folder \(got '.*none'\)"):
        load("shd", TaskSettings(data=tmp_path / "none"))
