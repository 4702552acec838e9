"""The report of a run as a page for people: what was asked, the champion, the front that matters."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..store.folder import RELEASES, read_manifest
from .front_rows import LISTED, Row
from .page import Block, Facts, Markup, Table, written
from .run_names import (
    ScoreNames,
    cell,
    count,
    duration,
    evaluations,
    gain,
    objectives,
)
from .run_report import TESTED, Report, about_baselines, build_report, entry
from .run_status import about_front

SIZE = ("synapses", "hidden")  # stand on the page whether they are objectives or not
_MOST_CLASSES = 12  # of a confusion matrix on a page
_MOST_CONFUSIONS = 10  # listed where there are more classes

_WARNING = (
    "Do not choose a network by these test scores: the best of many is good by chance, too, and will "
    "score less on new data. The champion was chosen without them."
)


def summarize(
    folder: Path, markup: Markup = "text", everything: bool = False, test_scores: bool = False
) -> str:
    """Return the report as a page.

    Args:
        folder: The run folder.
        markup: `text` or `md`.
        everything: Whether to list the whole front, not only the networks that matter.
        test_scores: Whether to show the test scores of others than the champion.

    Raises:
        InputError: Not a run folder, or damaged.
    """
    report, manifest = build_report(folder), read_manifest(folder)
    task = entry(manifest, "task")
    state = about_front(folder)
    blocks: list[Block] = [_headline(report), *([state] if state else []), _asked(report, manifest)]
    if not report["front"]:
        blocks.append(_about_no_front(report, manifest))
    if report["champion"]:
        blocks += _champion(report, report["champion"], task)
    elif report["front"]:
        blocks.append("No champion has been chosen yet: that is done when the run ends.")
    if report["front"]:
        held_out = task.get("has_test") is not False
        if not held_out:
            blocks.append(
                f"Nothing is held out: {report['task']} has no test data, so nothing was tested."
            )
        elif not any(row["test_score"] is not None for row in report["front"]):
            blocks.append(_about_unread_test(folder, manifest, report["state"]))
        blocks += _front(report, everything, test_scores and held_out)
    return written(blocks, markup)


def _headline(report: Report) -> str:
    return (
        f"{report['task']}, seed {report['seed']}: {report['state']} after "
        f"{count(report['generations'], 'generation')}, "
        f"{evaluations(report['evaluations'], report['cost'])}, {duration(report['seconds'])}"
        f"{gain(report['gained'], report['evaluations'], report['cost'])}"
    )


def _asked(report: Report, manifest: Mapping[str, object]) -> Facts:
    """Return what the run was asked for."""
    task, settings = entry(manifest, "task"), entry(manifest, "settings")
    profile = entry(manifest, "profile")
    names = ScoreNames(report["training_score"], report["score"])
    wanted = [
        f"{names.training_label if o.name == 'score' else o.name.replace('_', ' ')} "
        f"({'high' if o.larger_is_better else 'low'})"
        for o in objectives(settings)
    ]
    facts = [("task", _about_task(task)), ("data", _about_data(task, settings))]
    facts.append(("objectives", ", ".join(wanted)))
    if names.training != names.test:
        said = f"The search went by {names.training} on training data; networks are tested by {names.test}"
        facts.append(("scores", said))
    constraints = settings.get("constraint")
    if constraints:
        facts.append(
            ("constraints", constraints if isinstance(constraints, str) else ", ".join(constraints))
        )
    if report["chance"] is not None:
        said = f"{names.training} {cell(report['chance'])}, by the best constant answer"
        if task.get("luck"):
            said += f"; luck adds up to {cell(task['luck'])} in one evaluation, less to the mean of more"
        facts.append(("chance", said))
    if profile:
        facts.append(("hardware", f"profile {profile.get('name')}, neurons {profile.get('model')}"))
    return Facts("Asked for", [(name, fact) for name, fact in facts if fact])


def _about_task(task: Mapping[str, Any]) -> str:
    """Return what networks see and say: "iris: 4 features by rate in 10 ticks, 3 classes"."""
    parts = []
    features = len(task.get("features") or ())
    shown = f" by {task['encoder']}" if task.get("encoder") else ""
    ticks = f", {count(task['ticks'], 'tick')}" if task.get("ticks") else ""
    if features:
        noun = "observation" if task.get("episodes") else "feature"
        parts.append(f"{count(features, noun)}{shown}, {count(task['inputs'], 'input')}{ticks}")
    elif task.get("inputs"):
        parts.append(f"{count(task['inputs'], 'input')}{shown}{ticks}")
    for key, noun in (("classes", "class"), ("actions", "action"), ("numbers", "number")):
        names = task.get(key) or ()
        if names:
            plural = f"{len(names)} classes" if key == "classes" else count(len(names), noun)
            named = f" ({', '.join(names)})" if key != "numbers" and len(names) <= 6 else ""
            parts.append(f"{plural}{named}")
    name = f"{task.get('name', '')}{_made_of(task)}"
    return f"{name}: {'; '.join(parts)}" if parts else name


def _made_of(task: Mapping[str, Any]) -> str:
    """Return what the user says of an environment: " (size=3, wrapped in Smaller)"."""
    parts = [f"{key}={json.dumps(value)}" for key, value in (task.get("env") or {}).items()]
    parts += [f"wrapped in {text}" for text in task.get("wrap") or ()]
    if task.get("max_steps"):
        parts.append(f"at most {count(task['max_steps'], 'step')}")
    return f" ({', '.join(parts)})" if parts else ""


def _about_data(task: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    if task.get("episodes"):
        fresh = "new starts in every generation" if task.get("fresh") else "the same starts always"
        parts = [f"{count(task['episodes'], 'episode')} in training, {fresh}"]
        for key, what in (("validation_episodes", "to validate"), ("test_episodes", "to test")):
            if task.get(key):
                parts.append(f"{count(task[key], 'start')} {what}")
        return ", ".join(parts)
    splits = task.get("splits") or {}
    if not splits:
        return ""
    parts = [f"{count(splits['train'], 'sample')} to train"]
    parts += [
        f"{splits[name]:,} {what}"
        for name, what in (("validation", "to validate"), ("test", "held out to test"))
        if splits.get(name)
    ]
    fold = settings.get("fold") if settings.get("folds") else None
    parts.append(f"fold {fold} of {settings['folds']}" if fold else "")
    parts.append(f"split seed {settings['split_seed']}" if settings.get("split_seed") else "")
    return ", ".join(filter(None, parts))


def _champion(report: Report, champion: Row, task: Mapping[str, Any]) -> list[Block]:
    """Return who the champion is, why, how it did on test data, and on each class."""
    test, score = report["test"], report["score"]
    blocks: list[Block] = []
    size = f"{count(champion['synapses'], 'synapse')}, {count(champion['hidden'], 'hidden neuron')}"
    facts = [("network", f"{champion['id']}: {size}"), ("chosen as", report["why"])]
    if champion["traits"]:
        facts.append(("encoder", f"settings of its own: {champion['traits']}"))
    if test is not None:
        facts.append((f"test {score}", _about_score(test, bool(task.get("episodes")))))
        measured = [
            f"{cell(champion[name])} {words}"
            for name, words in (
                ("test_spikes", "spikes"),
                ("test_synaptic_operations", "synaptic operations"),
            )
            if champion[name] is not None
        ]
        if champion["test_latency"] is not None:
            measured.append(f"decided after {cell(champion['test_latency'])} ticks")
        per = "decision" if task.get("episodes") else "sample"
        facts.append(("takes", f"{', '.join(measured)}, per test {per}" if measured else ""))
    blocks.append(Facts("Champion", [(name, fact) for name, fact in facts if fact]))
    blocks += about_baselines(report["baselines"], f"{score} on the same test data")
    if test is not None and "recall" in test:
        blocks += _classes(test)
    return blocks


def _about_score(test: Mapping[str, Any], episodes: bool) -> str:
    """Return a score with its interval: "0.980 on 50 samples, 95 % interval 0.895 to 0.996"."""
    said = _number(test["score"])
    if test["n"] is None:
        return said
    noun = "unseen start" if episodes else "sample"
    said += f" on {count(test['n'], noun)}"
    if test.get("lowest") is not None and test["lowest"] == test["highest"]:
        return f"{said}, the same on each"
    interval = test["interval"]
    if interval:
        said += f", {_span(interval)} ({interval['method']})"
    if test.get("lowest") is not None:
        said += f"; lowest {_number(test['lowest'])}, highest {_number(test['highest'])}"
    return said


def _span(interval: Mapping[str, Any]) -> str:
    low, high = _number(interval["low"]), _number(interval["high"])
    return f"{100 * interval['level']:.0f} % interval {low} to {high}"


def _number(value: float) -> str:
    return f"{value:.3f}" if abs(value) <= 1 else f"{value:,.1f}"


def _classes(test: Mapping[str, Any]) -> list[Block]:
    """Return recall and confusions: a matrix, or the most frequent ones of many classes."""
    names = [row["class"] for row in test["recall"]]
    matrix = test["confusion"] if len(names) <= _MOST_CLASSES else [[] for _ in names]
    decided = [f"as {name}" for name in names] if len(names) <= _MOST_CLASSES else []
    rows = [
        [
            row["class"],
            f"{row['n']:,}",
            "-" if row["recall"] is None else f"{row['recall']:.3f}",
            "-"
            if row["interval"] is None
            else f"{row['interval']['low']:.3f} to {row['interval']['high']:.3f}",
            *map(str, counts),
        ]
        for row, counts in zip(test["recall"], matrix, strict=True)
    ]
    heading = "Recall of each class on test data, and what its samples were taken for:"
    table = Table(["class", "n", "recall", "95 % interval", *decided], rows)
    if decided:
        return [heading, table]
    confused = sorted(
        (-number, truth, other)
        for truth, counts in enumerate(test["confusion"])
        for other, number in enumerate(counts)
        if number and truth != other
    )[:_MOST_CONFUSIONS]
    listed = [[names[truth], names[other], str(-number)] for number, truth, other in confused]
    blocks: list[Block] = ["Recall of each class on test data:", table]
    if listed:
        blocks += ["Most frequent confusions:", Table(["class", "taken for", "n"], listed, words=2)]
    return blocks


def _front(report: Report, everything: bool, test_scores: bool) -> list[Block]:
    """Return the networks of the front that matter, or all."""
    matters, size = report["matters"], report["front_size"]
    rows = [row for row in report["front"] if everything or row["id"] in matters]
    headings = _headings(report, rows, test_scores)
    table = Table(
        ["id", "", *headings.values()],
        [[row["id"], _marks(row, matters), *(cell(row[key]) for key in headings)] for row in rows],
        words=2,
    )
    shown = f"Pareto front: {count(size, 'network')}"
    if len(rows) < size:
        shown += f"; here {len(rows)} of them, --all lists all"
        if len(rows) < LISTED:
            shown += ". The others come less than half-way from chance to the best score"
    blocks: list[Block] = [f"{shown}:", table]
    others = sum(row["test_score"] is not None for row in report["front"] if not row["champion"])
    if test_scores:
        blocks.append(_WARNING)
    elif others:
        blocks.append(
            f"{count(others, 'other network')} of the front {'was' if others == 1 else 'were'} tested, "
            "too; --test-scores shows how. They are no reason to prefer one to the champion."
        )
    return blocks


def _marks(row: Row, matters: Mapping[str, list[str]]) -> str:
    return ", ".join(matters.get(row["id"], ()))


def _headings(report: Report, rows: list[Row], test_scores: bool) -> dict[str, str]:
    """Return the columns of the front, and what they are called there: scores by their names."""
    averaged = any(row["episodes"] is not None for row in rows)
    compared = [name for name in report["objectives"] if name != "score"]
    shown = ["mean_score" if averaged else "score"]
    if any(row["validation_score"] is not None for row in rows):
        shown.append("validation_score")
    shown = list(dict.fromkeys([*shown, *compared, *SIZE]))
    if test_scores:
        shown += [f"test_{name}" for name in ("score", *compared) if f"test_{name}" in TESTED]
    scores = ScoreNames(report["training_score"], report["score"])
    called = {
        "score": scores.training_label,
        "mean_score": f"mean {scores.training_label}",
        "validation_score": f"validation {scores.test}",
        "test_score": f"test {scores.test}",
    }
    return {name: called.get(name, name.replace("_", " ")) for name in shown}


def _about_unread_test(folder: Path, manifest: Mapping[str, Any], state: str) -> str:
    if state == "running":
        return "Test data have not been read yet: that is done when the run ends."
    release = RELEASES.get(manifest["schema"])  # an older run is read, but never gone on with
    command = f"`spikevolve test {folder}`" + (f" of spikevolve {release}" if release else "")
    return f"Test data have not been read yet: {command} measures on them."


def _about_no_front(report: Report, manifest: Mapping[str, Any]) -> str:
    if report["state"] == "done":
        known = "" if report["chance"] is None else f", a score of {cell(report['chance'])}"
        known += " by more than luck" if entry(manifest, "task").get("luck") else ""
        bounds = " within all constraints" if entry(manifest, "settings").get("constraint") else ""
        return f"The front is empty: no network{bounds} came above chance{known}."
    if not report["generations"]:
        return "There is no front yet: no generation has been saved."
    return "There is no front yet: no network has come above chance within all constraints so far."
