"""The grid of a study: which runs it has, and what is refused before one of them begins."""

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from spikevolve.errors import InputError
from spikevolve.evolve.runs.grid import Grid, one_at_a_time, runs_of_study, settings_of_run
from spikevolve.evolve.runs.settings import Settings, settings_from
from spikevolve.evolve.runs.start_or_resume import lay_out_or_find
from spikevolve.evolve.runs.studies import lay_out, resume_study
from spikevolve.results.store.study import create_study, read_study


def settings(folder: Path | None = None, **words: Any) -> Settings:
    out = {} if folder is None else {"out": str(folder)}
    return settings_from({"task": "iris", "gradient": "off", "population": 8, **out, **words})


def test_a_run_for_each_combination_each_seed_and_each_fold() -> None:
    grid: Grid = {"mutations": [1, 3], "crossover": [0.5]}

    runs = runs_of_study(settings(seeds="4,1", folds=2), grid)

    assert [tuple(run.items()) for run in runs] == [
        (("mutations", mutations), ("crossover", 0.5), ("seed", seed), ("fold", fold))
        for mutations in (1, 3)
        for seed in (4, 1)
        for fold in (1, 2)
    ]
    assert runs_of_study(settings(fold=2, folds=3), {"mutations": [1]}) == [{"mutations": 1}]


def test_a_run_has_the_settings_that_set_it_apart() -> None:
    study = settings(seeds="1-9", ranges={"max_hidden": 5, "max_synapses": 30})
    differs = {
        "mutations": 3,
        "ranges.max_hidden": 2,
        "constraint": ["synapses <= 9"],
        "seed": 7,
    }

    found = settings_of_run(study, differs)

    assert (found.mutations, found.seed, found.seeds) == (3, 7, None)
    assert found.ranges == {"max_hidden": 2, "max_synapses": 30}
    assert found.constraint == ("synapses <= 9",)
    assert (found.population, found.gradient) == (8, "off")


def test_every_value_is_tried_but_not_every_combination() -> None:
    runs = runs_of_study(settings(seeds="1-3"), {"mutations": [1, 2, 3], "crossover": [0.5, 1]})

    tried = [(run["mutations"], run["crossover"], run["seed"]) for run in one_at_a_time(runs)]

    assert tried[0] == (1, 0.5, 1)
    assert sorted(tried[1:]) == [(1, 1, 1), (2, 0.5, 1), (3, 0.5, 1)]


@pytest.mark.parametrize(
    ("grid", "sentence"),
    [
        ({"mutation": [1]}, r"there is no setting 'mutation' \(did you mean 'mutations'\?\)"),
        ({"mutations": [1, "a"]}, "mutations is 'a', but it must be from 0 to 1000"),
        ({"population": [50, 3]}, "population is 3, but it must be a whole number from 4 to"),
        ({"population": [True]}, "population is True, but it must be a whole number"),
        ({"mutations": [1, 2, 1.0]}, "mutations has the value 1 twice"),
        ({"elites": [2, 9]}, "elites is 9, but it must be at most the population, 8"),
        ({"generations": [5, 9]}, "generations is a limit"),
        ({"minutes": [1]}, "minutes is a limit"),
        ({"workers": [1, 2]}, "workers says where a run goes on"),
        ({"out": ["a"]}, "out says where a run goes on or what it writes"),
        ({"task": ["wine"]}, "task is no setting for a grid: it is given as TASK"),
        ({"seed": [1, 2]}, "seed is no setting for a grid: it is given by --seeds"),
        ({"seeds": ["1-3"]}, "seeds is no setting for a grid: it is given by --seeds"),
        ({"folds": [3, 5]}, "folds is no setting for a grid: it is given by --folds"),
        ({"ranges": [1]}, "ranges is a table: say ranges.KEY"),
        ({"range.max_hidden": [1]}, "there is no setting 'range.max_hidden'; .* TABLE.KEY"),
        ({"ranges.max_hiden": [1]}, "max_hiden"),
        ({"ranges.max_hidden": [-1]}, "max_hidden"),
        ({"selection": ["nsga2", "mine.py:select"]}, "code of your own can be in no grid"),
        ({"parents": ["mine:breed"]}, "code of your own can be in no grid"),
        ({"encoder": ["rate", "raet"]}, "unknown encoder 'raet'"),
        (
            {"mutations": [*range(1000)], "crossover": [n / 100 for n in range(11)]},
            "the grid has 11,000 combinations of settings; 10,000 are allowed",
        ),
    ],
)
def test_what_no_grid_may_have_is_refused_before_there_is_a_folder(
    grid: dict[str, list[Any]], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=sentence):
        lay_out(settings(tmp_path / "sweep"), grid)
    assert list(tmp_path.iterdir()) == []


def test_folders_are_named_after_settings_and_no_two_alike(tmp_path: Path) -> None:
    grid = {"encoder": ["rate:mirrored", "rate mirrored", "RATE/mirrored", "../../x" * 20]}
    folder = tmp_path / "sweep"

    create_study(folder, [], {"task": "iris"}, runs_of_study(settings(seeds="1"), grid))

    names = [member.folder.name for member in read_study(folder).members]
    assert names[:3] == [
        "encoder-rate-mirrored-seed-1",
        "encoder-rate-mirrored-seed-1-2",
        "encoder-RATE-mirrored-seed-1-3",
    ]
    assert all(member.folder.parent == folder for member in read_study(folder).members)
    assert len(names[3]) < 80
    mutations: Grid = {"mutations": [0.25, 3.0], "evolve_encoder": [True]}
    create_study(tmp_path / "b", [], {"task": "iris"}, runs_of_study(settings(), mutations))
    assert [(member.folder.name, member.name) for member in read_study(tmp_path / "b").members] == [
        ("mutations-0.25-evolve_encoder-true", "mutations 0.25, evolve_encoder true"),
        ("mutations-3-evolve_encoder-true", "mutations 3, evolve_encoder true"),
    ]


def test_an_empty_folder_becomes_a_study(tmp_path: Path) -> None:
    (tmp_path / "sweep").mkdir()

    create_study(tmp_path / "sweep", [], {"task": "iris"}, [{"seed": 1}])

    assert [path.name for path in tmp_path.iterdir()] == ["sweep"]
    assert len(read_study(tmp_path / "sweep").members) == 1


def test_of_many_processes_that_make_one_folder_one_does_and_all_find_it(tmp_path: Path) -> None:
    folder = tmp_path / "sweep"
    children = []
    for _ in range(8):
        child = os.fork()
        if child == 0:
            try:
                lay_out_or_find(settings(folder), {"mutations": [1, 3]})
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)

    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 8
    assert [place.name for place in folder.iterdir()] == ["study.json"]
    assert [place.name for place in tmp_path.iterdir() if "new" not in place.name] == ["sweep"]


@pytest.mark.parametrize(
    ("grid", "words", "sentence"),
    [
        ({"mutations": [1]}, {}, "mutations has 1, it began with 1, 3"),
        ({}, {"seeds": "1-2"}, "mutations has one value, it began with 1, 3"),
        ({"mutations": [1, 3], "crossover": [1]}, {}, "crossover has 1, it began with one value"),
        ({"mutations": [1, 3]}, {"population": 9}, "population is 9, it began with 8"),
        ({}, {}, "is a study, and these settings are of a run"),
    ],
)
def test_other_settings_than_those_of_a_folder_are_named(
    grid: dict[str, list[Any]], words: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    lay_out(settings(tmp_path / "sweep"), {"mutations": [1, 3]})
    before = (tmp_path / "sweep/study.json").read_bytes()

    with pytest.raises(InputError, match=sentence):
        lay_out_or_find(settings(tmp_path / "sweep", **words), grid)

    assert (tmp_path / "sweep/study.json").read_bytes() == before


def test_limits_and_workers_may_be_others(tmp_path: Path) -> None:
    lay_out(settings(tmp_path / "sweep"), {"mutations": [1, 3]})

    other = settings(tmp_path / "sweep", generations=7, workers=2)
    assert lay_out_or_find(other, {"mutations": [1.0, 3.0]}) == tmp_path / "sweep"


@pytest.mark.parametrize(
    "differs",
    [
        {"task": "evil.py:Task"},
        {"selection": "evil.py:select"},
        {"wrap": ["evil.py:Wrapper"]},
        {"nonsense": 1},
        {"mutations": -1},
        {"generations": 5},
    ],
)
def test_a_folder_that_asks_for_what_no_grid_may_have_begins_nothing(
    differs: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "sweep"
    create_study(folder, [], settings().to_json(), [differs])

    with pytest.raises(InputError):
        settings_of_run(settings(), read_study(folder).members[0].differs)
    with pytest.raises(Exception, match=r"1 of 1 run failed"):
        resume_study(folder, lambda _: None, threading.Event())
    assert [place.name for place in folder.iterdir()] == ["study.json"]


@pytest.mark.parametrize(
    "runs",
    [
        [],
        [{}],
        [{"a/b": 1}],
        [{"mutations": None}],
        [{"mutations": {"a": 1}}],
        [{"seed": -1}],
        [{"x" * 100: 1}],
        [{"seed": 1.5, "mutations": 1}],
        [{"mutations": [[1]]}],
    ],
)
def test_a_manifest_whose_runs_are_none_is_damaged(runs: list[Any], tmp_path: Path) -> None:
    create_study(tmp_path / "sweep", [], settings().to_json(), runs)

    with pytest.raises(InputError, match=r"study.json is damaged: runs must be"):
        read_study(tmp_path / "sweep")
