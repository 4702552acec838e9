"""The report of a run: what it says as plain values, and as a page for people."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from spikevolve.errors import InputError
from spikevolve.measurements import MEASUREMENTS
from spikevolve.results.store.writer import create_run, open_run
from spikevolve.results.summaries.report_page import summarize
from spikevolve.results.summaries.run_report import build_report, shortened
from spikevolve.results.summaries.run_status import read_status

RUN = runpy.run_path(str(Path(__file__).with_name("run_rows.py")))
MANIFEST: dict[str, Any] = RUN["MANIFEST"]
rows = RUN["rows"]

IRIS: dict[str, Any] = {
    "name": "iris",
    "has_test": True,
    "features": ["p", "q", "r", "s"],
    "encoder": "rate",
    "inputs": 8,
    "ticks": 10,
    "classes": ["a", "b", "c"],
    "samples": 100,
    "splits": {"train": 100, "validation": 0, "test": 50},
    "score": "accuracy",
    "chance_score": 0.34,
}


def commit(folder: Path, state: dict[str, object]) -> None:
    with open_run(folder)[0] as writer:
        writer.commit(state)


FRONT: list[dict[str, Any]] = [
    {"id": "3-1", "score": 0.90, "spikes": 2.5, "latency": 4.0, "test_score": 0.88},
    {"id": "7-0", "score": 0.98, "spikes": 9.25, "latency": 6.5, "test_score": 0.94},
    {"id": "5-2", "score": 0.95, "spikes": 4.0, "latency": 3.0, "test_score": 0.96},
]


def finished(
    folder: Path,
    task: dict[str, object],
    front: list[dict[str, Any]],
    manifest: dict[str, Any] = MANIFEST,
) -> Path:
    with create_run(folder, {**manifest, "task": task}) as writer:
        writer.append("generations", rows("generations", range(8)))
        columns = rows("front", range(len(front)))
        for name in (
            n
            for n in columns
            if n.startswith(("test_", "mean_score", "episodes", "validation_score"))
        ):
            columns[name] = [None] * len(front)
        for name in front[0] if front else ():
            columns[name] = [row[name] for row in front]
        columns["champion"] = [row["id"] == "5-2" for row in front]
        writer.write_front(columns)
        writer.commit({"state": "done", "generation": 7, "evaluations": 5600, "seconds": 31.5})
    return folder


class TestReport:
    def test_one_object_of_plain_values(self, tmp_path: Path) -> None:
        folder = finished(tmp_path / "run", {"name": "iris", "has_test": True}, FRONT)

        report = build_report(folder)

        assert json.loads(json.dumps(report, allow_nan=False)) == report
        assert (report["task"], report["seed"], report["state"]) == ("iris", 3, "done")
        assert (report["generations"], report["evaluations"], report["seconds"]) == (8, 5600, 31.5)
        assert [entry["id"] for entry in report["front"]] == ["7-0", "5-2", "3-1"]
        assert report["champion"] == report["front"][1]
        wanted = {"id", *(m.name for m in MEASUREMENTS), "test_score", "test_spikes"}
        assert wanted | {"test_latency"} <= report["front"][0].keys()
        assert report["front"][0]["test_score"] == 0.94
        assert report["front"][0]["test_latency"] is None

    @pytest.mark.parametrize(
        ("cost", "gained", "said"),
        [
            (5600.0, 4600.0, "5,600 evaluations, 32 s, still rising\n"),
            (5600.0, 4400.0, "5,600 evaluations, 32 s, standing since evaluation 4,400\n"),
            (9600.0, 8000.0, "5,600 evaluations, cost 9,600, 32 s, still rising\n"),
            (9600.0, 6000.0, "5,600 evaluations, cost 9,600, 32 s, standing since cost 6,000\n"),
        ],
    )
    def test_report_and_status_say_whether_the_search_still_gains(
        self, tmp_path: Path, cost: float, gained: float, said: str
    ) -> None:
        folder = finished(tmp_path / "run", {"name": "iris", "has_test": True}, FRONT)
        state = {"state": "done", "generation": 8, "evaluations": 5600, "seconds": 31.5}
        commit(folder, {**state, "cost": cost, "gain": {"cost": gained}})

        assert said in summarize(folder)
        assert (build_report(folder)["cost"], build_report(folder)["gained"]) == (cost, gained)
        assert said.split(", 32 s")[1].strip() in str(read_status(folder)).splitlines()[0]

    def test_what_else_scores_on_the_test_data_stands_beside_it(self, tmp_path: Path) -> None:
        folder = finished(tmp_path / "run", {"name": "iris", "has_test": True}, FRONT)
        assert build_report(folder)["baselines"] == {}
        assert "For comparison" not in summarize(folder)

        with open_run(folder)[0] as writer:
            writer.write_baselines({"logistic regression": 0.96, "majority class": 1 / 3})

        assert build_report(folder)["baselines"]["logistic regression"] == 0.96
        said = "on the same test data: logistic regression 0.960, majority class 0.333."
        assert f"For comparison, score {said}" in summarize(folder)

    @pytest.mark.parametrize(
        "content", ["{}", '{"schema": 2}', '{"schema": 2, "test_score": {"a": "b"}}']
    )
    def test_damaged_baselines_are_named(self, content: str, tmp_path: Path) -> None:
        folder = finished(tmp_path / "run", {"name": "iris", "has_test": True}, FRONT)
        (folder / "baselines.json").write_text(content)

        with pytest.raises(InputError, match=r"baselines\.json is damaged"):
            build_report(folder)

    def test_a_run_without_a_front(self, tmp_path: Path) -> None:
        create_run(tmp_path / "run", MANIFEST).close()

        report = build_report(tmp_path / "run")

        assert (report["front"], report["champion"], report["generations"]) == ([], None, 0)
        assert "There is no front yet" in summarize(tmp_path / "run")
        commit(tmp_path / "run", {"state": "done"})
        assert "no network came above chance." in summarize(tmp_path / "run")

    def test_the_score_of_chance_is_named_where_nothing_exceeds_it(self, tmp_path: Path) -> None:
        task = {"name": "gym:Toy-v0", "chance_score": 29.8189}
        create_run(tmp_path / "run", {**MANIFEST, "task": task}).close()
        commit(tmp_path / "run", {"state": "done"})

        assert "no network came above chance, a score of 29.82." in summarize(tmp_path / "run")

    def test_luck_is_named_where_chance_has_been_tried_out(self, tmp_path: Path) -> None:
        task = {"name": "gym:Toy-v0", "chance_score": 29.8, "luck": 0.5}
        create_run(tmp_path / "run", {**MANIFEST, "task": task}).close()
        commit(tmp_path / "run", {"state": "done"})

        page = summarize(tmp_path / "run")

        assert "29.8, by the best constant answer; luck adds up to 0.5 in one evaluation" in page
        assert "no network came above chance, a score of 29.8 by more than luck." in page

    def test_constraints_are_named_where_nothing_meets_them(self, tmp_path: Path) -> None:
        settings = {**MANIFEST["settings"], "constraint": ["synapses <= 2"]}
        create_run(tmp_path / "run", {**MANIFEST, "settings": settings}).close()
        commit(tmp_path / "run", {"state": "done"})

        assert "no network within all constraints came above chance" in summarize(tmp_path / "run")

    def test_the_page_says_what_was_asked_and_which_networks_matter(self, tmp_path: Path) -> None:
        folder = finished(tmp_path / "run", IRIS, FRONT)

        text = summarize(folder)

        assert text.startswith("iris, seed 3: done after 8 generations, 5,600 evaluations, 32 s\n")
        assert "iris: 4 features by rate, 8 inputs, 10 ticks; 3 classes (a, b, c)" in text
        assert "100 samples to train, 50 held out to test, fold 4 of 5, split seed 2" in text
        assert "accuracy (high), spikes (low), latency (low)" in text
        assert "accuracy 0.34, by the best constant answer" in text
        assert (
            "0.016, of the best accuracy in training, 0.980" in text
        )  # q = 98.5 / 101, √(q (1 − q) / 100)
        marked = {
            line[:3]: line[5:] for line in text.splitlines() if line[:3] in ("7-0", "5-2", "3-1")
        }
        assert marked["7-0"].startswith("best score ")
        assert marked["5-2"].startswith("champion, knee, lowest latency ")
        assert marked["3-1"].startswith("fewest spikes ")

    def test_test_scores_of_others_than_the_champion_are_shown_on_request_only(
        self, tmp_path: Path
    ) -> None:
        folder = finished(tmp_path / "run", IRIS, FRONT)
        report = build_report(folder)

        usual, asked = summarize(folder), summarize(folder, test_scores=True)
        assert "0.96" in usual  # the champion's
        assert "0.94" not in usual
        assert "0.88" not in usual
        assert "2 other networks of the front were tested" in usual
        assert {"0.94", "0.88"} <= set(asked.split())
        assert "Do not choose a network by these test scores" in asked
        plain, whole = (shortened(report, False, shown)["front"] for shown in (False, True))
        assert [row.get("test_score") for row in plain] == [None, 0.96, None]
        assert [row["test_score"] for row in whole] == [0.94, 0.96, 0.88]

    def test_the_test_score_has_its_interval_and_each_class_its_recall(
        self, tmp_path: Path
    ) -> None:
        folder = finished(tmp_path / "run", IRIS, FRONT)
        answers = {
            "id": "5-2",
            "n": 25,
            "classes": ["a", "b", "c"],
            "truth": [0] * 10 + [1] * 10 + [2] * 5,
            "decided": [0] * 10 + [1] * 9 + [2] + [2] * 5,
            "interval": {"low": 0.804, "high": 0.993, "level": 0.95, "method": "Wilson"},
        }
        with open_run(folder)[0] as writer:
            writer.write_answers(answers)

        text, test = summarize(folder), build_report(folder)["test"]

        assert "0.960 on 25 samples, 95 % interval 0.804 to 0.993 (Wilson)" in text
        assert test is not None
        assert test["confusion"] == [[10, 0, 0], [0, 9, 1], [0, 0, 5]]
        assert [row["recall"] for row in test["recall"]] == [1.0, 0.9, 1.0]
        # Of Wilson's formula, with z = 1.95996: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n).
        assert test["recall"][1]["interval"]["low"] == pytest.approx(0.5958, abs=1e-4)
        assert test["recall"][1]["interval"]["high"] == pytest.approx(0.9821, abs=1e-4)
        assert ["b", "10", "0.900", "0.596", "to", "0.982", "0", "9", "1"] in [
            line.split() for line in text.splitlines()
        ]
        with open_run(folder)[0] as writer:  # of a network that is champion no more
            writer.write_answers({**answers, "id": "7-0"})
        assert build_report(folder)["test"] == {"score": 0.96, "n": None, "interval": None}

    def test_answers_of_many_classes_are_their_most_frequent_confusions(
        self, tmp_path: Path
    ) -> None:
        folder = finished(tmp_path / "run", IRIS, FRONT)
        names = [f"class {number}" for number in range(20)]
        truth = [number for number in range(20) for _ in range(5)]
        decided = [3 if number == 7 else number for number in truth]
        with open_run(folder)[0] as writer:
            writer.write_answers(
                {"id": "5-2", "n": 100, "classes": names, "truth": truth, "decided": decided,
                 "interval": None}
            )  # fmt: skip

        lines = [line.split() for line in summarize(folder).splitlines()]

        assert ["class", "7", "class", "3", "5"] in lines
        assert ["class", "7", "5", "0.000", "0.000", "to", "0.434"] in lines

    @pytest.mark.parametrize(
        "content",
        [
            "{}",
            '{"schema": 2, "id": "5-2", "n": 2, "scores": ["a"]}',
            '{"schema": 2, "id": "5-2", "n": 2, "classes": ["a"], "truth": [0, 1], "decided": [0, 0]}',
            '{"schema": 2, "id": "5-2", "n": 2, "classes": ["a"], "truth": [0], "decided": [0, 0]}',
        ],
    )
    def test_damaged_answers_are_named(self, content: str, tmp_path: Path) -> None:
        folder = finished(tmp_path / "run", IRIS, FRONT)
        (folder / "answers.json").write_text(content)

        with pytest.raises(InputError, match=r"answers\.json is damaged"):
            build_report(folder)

    def test_a_page_in_markdown_has_its_tables(self, tmp_path: Path) -> None:
        folder = finished(tmp_path / "run", IRIS, FRONT)

        lines = summarize(folder, "md").splitlines()

        header = next(n for n, line in enumerate(lines) if line.startswith("| id |"))
        assert lines[header] == "| id |  | accuracy | spikes | latency | synapses | hidden |"
        assert lines[header + 1] == "| --- | --- | ---: | ---: | ---: | ---: | ---: |"
        assert lines[header + 3].startswith(
            "| 5-2 | champion, knee, lowest latency | 0.95 | 4 | 3 |"
        )
        assert "- chance: accuracy 0.34, by the best constant answer" in lines

    def test_what_the_object_says_of_the_run(self, tmp_path: Path) -> None:
        manifest = {**MANIFEST, "versions": {"python": "3.12.1"}}
        report = build_report(finished(tmp_path / "run", IRIS, FRONT, manifest))

        assert (report["run"], report["chance"]) == ("run", 0.34)
        assert report["settings"] == MANIFEST["settings"]
        assert report["versions"] == {"python": "3.12.1"}
        assert report["sizes"] == {
            "inputs": 8, "ticks": 10, "samples": 100, "splits": IRIS["splits"]
        }  # fmt: skip
        assert report["front_size"] == 3

    def test_the_summary_says_when_nothing_is_held_out(self, tmp_path: Path) -> None:
        front = [{k: v for k, v in row.items() if k != "test_score"} for row in FRONT]
        folder = finished(tmp_path / "run", {"name": "xor", "has_test": False}, front)

        text = summarize(folder)

        assert "Nothing is held out: xor has no test data, so nothing was tested." in text
        assert "test score" not in text

    def test_the_summary_says_when_the_test_is_still_to_come(self, tmp_path: Path) -> None:
        front = [{k: v for k, v in row.items() if k != "test_score"} for row in FRONT]
        folder = finished(tmp_path / "run", {"name": "iris", "has_test": True}, front)

        assert f"`spikevolve test {folder}` measures on them." in summarize(folder)

    def test_the_summary_names_the_scores(self, tmp_path: Path) -> None:
        task = {"name": "digits", "has_test": True, "score": "accuracy", "training_score": "h_mean"}
        folder = finished(tmp_path / "run", task, FRONT)
        same = finished(tmp_path / "same", {**task, "training_score": "accuracy"}, FRONT)

        two, one = summarize(folder), summarize(same)
        assert "The search went by h_mean on training data; networks are tested by acc" in two
        assert [line for line in two.splitlines() if "h_mean (training)" in line]
        assert "test accuracy" in two
        assert "(training)" not in one
        report = build_report(folder)
        assert (report["training_score"], report["score"]) == ("h_mean", "accuracy")

    def test_the_summary_shows_the_objectives_of_the_search(self, tmp_path: Path) -> None:
        settings = {"objectives": ["score", "footprint", "-activation_sparsity", "spikes"]}
        front = [
            {**row, "footprint": size, "activation_sparsity": sparsity}
            for row, size, sparsity in zip(FRONT, (300, 100, 200), (0.5, 0.75, 0.25), strict=True)
        ]
        manifest = {**MANIFEST, "settings": MANIFEST["settings"] | settings}
        folder = finished(tmp_path / "run", {"name": "iris", "has_test": True}, front, manifest)

        text = summarize(folder)

        heading = next(line.split() for line in text.splitlines() if line.startswith("id "))
        assert heading[:6] == ["id", "score", "footprint", "activation", "sparsity", "spikes"]
        lines = {line.split()[0]: line for line in text.splitlines() if line[:1].isdigit()}
        assert "best score, lowest footprint" in lines["7-0"]
        assert "lowest activation sparsity" in lines["5-2"]
        assert "fewest spikes" in lines["3-1"]
        objectives = ["score", "footprint", "activation_sparsity", "spikes"]
        assert build_report(folder)["objectives"] == objectives

    def test_with_fresh_episodes_the_mean_counts(self, tmp_path: Path) -> None:
        means = [
            {**row, "mean_score": mean, "episodes": 90}
            for row, mean in zip(FRONT, (2, 5, 8), strict=True)
        ]
        task = {"name": "cartpole", "has_test": True, "episodes": 10}
        folder = finished(tmp_path / "run", task, means)

        assert [entry["id"] for entry in build_report(folder)["front"]] == ["5-2", "7-0", "3-1"]
        assert "mean return" in summarize(folder)
