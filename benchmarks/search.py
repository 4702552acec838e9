"""What searches find on data that they have not seen, beside what a user has anyway.

    python benchmarks/search.py data --out FOLDER           the table of data sets
    python benchmarks/search.py tables --out FOLDER         tables as files, with no option at all
    python benchmarks/search.py grids --out FOLDER          on grids of 8 and 4 bits, beside float
    python benchmarks/search.py paths --out FOLDER          paths alone, as long as `data` took
    python benchmarks/search.py control --out FOLDER        control, at equal time, with --ways default,random,…
    python benchmarks/search.py compare FOLDER/A FOLDER/B   what two labels' fronts cover

Each run is `spikevolve run`, as a user starts it, in a process of its own and a folder in
FOLDER/LABEL; one that is done is not run again, and one that was interrupted goes on. Search and split
have the same seed. `--options` are given to every run, such as `--options "--gradient off"`, under
another `--label`. Nothing in the tables is chosen by test data.
"""

import argparse
import json
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import search_control
import search_tables
from search_control import CONTROL, WAYS, row_of
from search_rows import DATA, GRIDS, PROFILES, TABLES, XOR, Row
from search_runs import Place, baselines_of, complete_all, cpu_seconds

Tables = list[search_tables.Table]


def measure(place: Place, rows: Sequence[Row], options: argparse.Namespace) -> Tables:
    """Run what is not done yet, and return the table, that of the bounds, and that of xor."""
    wanted = [(row, seed) for row in rows for seed in seeds_of(row, options)]
    for row, seed in wanted:
        if row is not XOR:
            baselines_of(place, row, seed)
    if options.baselines_alone:
        return [search_tables.baselines(place, [w for w in wanted if w[0] is not XOR])]
    place.keep_options()
    for failure in complete_all(place, wanted, options.jobs):
        print(failure, file=sys.stderr)
    return search_tables.found(place, wanted)


def measure_data(options: argparse.Namespace) -> Tables:
    """Measure the rows of `data`, so many minutes each run or fold."""
    place = place_of(options, options.label, ("--minutes", f"{options.minutes:g}"))
    return measure(place, chosen_rows((*DATA, XOR), options), options)


def measure_tables(options: argparse.Namespace) -> Tables:
    """Measure tables that are run as files, with no option, so with no limit."""
    return measure(
        place_of(options, f"{options.label}-tables"), chosen_rows(TABLES, options), options
    )


def measure_grids(options: argparse.Namespace) -> Tables:
    """Measure some of the rows of `data` on grids, beside what that finds."""
    rows, limit = chosen_rows(GRIDS, options), ("--minutes", f"{options.minutes:g}")
    places = {"float": place_of(options, options.label, limit)}
    for name, (profile, _) in PROFILES.items():
        places[name] = place_of(options, f"{options.label}-{name}", (*limit, *profile))
    for place in places.values():
        measure(place, rows, options)
    wanted = [(row, seed) for row in rows for seed in seeds_of(row, options)]
    return [search_tables.grids(places, wanted)]


def measure_paths(options: argparse.Namespace) -> Tables:
    """Measure paths alone, so many that they take the processor time of the runs of a label."""
    beside, place = place_of(options, options.label), place_of(options, f"{options.label}-paths")
    rows = [with_paths(beside, row, seeds_of(row, options)) for row in chosen_rows(DATA, options)]
    return measure(place, rows, options)


def with_paths(beside: Place, row: Row, seeds: Sequence[int]) -> Row:
    """Return a row whose runs are paths alone, and take what those of another place took.

    Two runs of few paths and of more tell what one of them takes, and what everything else.
    """
    few, more = 2, 10
    trial = beside._replace(label=f"{beside.label}-trial")
    for count in (few, more):
        if failed := complete_all(trial, [(alone(row, count), seeds[0])], 1):
            raise ValueError(failed[0])
    least, most = (cpu_seconds(trial.folder(alone(row, n), seeds[0])) for n in (few, more))
    taken = median(cpu_seconds(beside.folder(row, seed)) for seed in seeds)
    count = few + round((taken - least) * (more - few) / (most - least))
    return alone(row, max(few, count))._replace(name=row.name)


def alone(row: Row, count: int) -> Row:
    """Return a row whose runs are so many paths alone."""
    options = (*row.options, "--generations", "1", "--paths", str(count))
    return row._replace(name=f"{row.name}-{count}", options=options)


def measure_control(options: argparse.Namespace) -> Tables:
    """Measure tasks of control by each of some ways to search, all for as long."""
    names = options.rows.split(",") if options.rows else [row.name for row in CONTROL]
    ways = options.ways.split(",")
    for name, known in ((names, [row.name for row in CONTROL]), (ways, list(WAYS))):
        if unknown := set(name) - set(known):
            raise SystemExit(f"no {min(unknown)!r}: {', '.join(known)}")
    rows = [row for row in CONTROL if row.name in names]
    seeds = options.seeds or range(1, 6)
    places = {way: place_of(options, f"{options.label}-{way}") for way in ways}
    for way, place in places.items():
        place.keep_options()
        runs = {row_of(asked, way).name: row_of(asked, way) for asked in rows}
        wanted = [(row, seed) for row in runs.values() for seed in seeds]
        for failure in complete_all(place, wanted, options.jobs):
            print(failure, file=sys.stderr)
    return [search_control.table(places, rows, seeds)]


def compare(options: argparse.Namespace) -> Tables:
    """Compare the fronts of two folders of runs."""
    return [search_tables.compared(options.a, options.b, chosen_rows(DATA, options))]


def place_of(options: argparse.Namespace, label: str, given: tuple[str, ...] = ()) -> Place:
    """Return where the runs of a label lie, with what every run is given."""
    data_sets = options.data_sets or options.out / "data-sets"
    return Place(options.out, label, data_sets, (*given, *shlex.split(options.options)))


def chosen_rows(rows: Sequence[Row], options: argparse.Namespace) -> list[Row]:
    """Return the rows that `--rows` names, or all; their data files are there afterwards."""
    names = options.rows.split(",") if options.rows else [row.name for row in rows]
    if unknown := set(names) - {row.name for row in rows}:
        raise SystemExit(f"no row {min(unknown)!r}: {', '.join(row.name for row in rows)}")
    chosen = [row for row in rows if row.name in names]
    if hasattr(options, "out"):
        data_sets = options.data_sets or options.out / "data-sets"
        try:
            for row in chosen:
                row.file(data_sets)
        except ModuleNotFoundError as error:
            raise SystemExit(str(error)) from None
    return chosen


def seeds_of(row: Row, options: argparse.Namespace) -> Sequence[int]:
    """Return the seeds of a row: its own, or those of `--seeds`."""
    return options.seeds or row.seeds


def seeds(text: str) -> list[int]:
    """Return the whole numbers of `1-5` or `1,3,7-9`."""
    ends = [part.partition("-") for part in text.split(",")]
    return [n for low, _, high in ends for n in range(int(low), int(high or low) + 1)]


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    words = argparse.ArgumentParser(description="What searches find on data they have not seen.")
    modes = words.add_subparsers(required=True, metavar="data|tables|grids|paths|control|compare")
    runs: dict[str, Callable[[argparse.Namespace], Tables]] = {
        "data": measure_data,
        "tables": measure_tables,
        "grids": measure_grids,
        "paths": measure_paths,
        "control": measure_control,
    }
    for name, mode in runs.items():
        mine = modes.add_parser(name, help=(mode.__doc__ or "").rstrip("."))
        mine.set_defaults(mode=mode)
        add_run_options(mine)
    both = modes.add_parser("compare", help="compare the fronts of two folders of runs")
    both.set_defaults(mode=compare)
    both.add_argument("a", type=Path, help="FOLDER/LABEL")
    both.add_argument("b", type=Path, help="FOLDER/LABEL; differences are b - a")
    modes.choices["control"].add_argument(
        "--ways", default="default", help=f"ways to search, such as {','.join(WAYS)}"
    )
    for mine in modes.choices.values():
        mine.add_argument("--rows", default="", help="such as iris,wine; all by default")
        mine.add_argument("--json", action="store_true", help="print a list of lists of objects")
    return words


def add_run_options(mine: argparse.ArgumentParser) -> None:
    """Add the options of modes that run something."""
    mine.add_argument("--out", type=Path, required=True, help="folder of all runs")
    mine.add_argument("--data-sets", type=Path, help="folder of data files; OUT/data-sets")
    mine.add_argument("--seeds", type=seeds, help="of every row, such as 1-5; else each row's own")
    mine.add_argument("--minutes", type=float, default=1.0, help="of a run or a fold (not tables)")
    mine.add_argument("--options", default="", help="of every run, in quotes")
    mine.add_argument("--label", default="default", help="folder of these runs in OUT")
    mine.add_argument("--jobs", type=int, default=1, help="runs at the same time")
    mine.add_argument("--baselines-alone", action="store_true", help="run nothing")


def main() -> None:
    """Print the tables as Markdown, or with --json what is in them."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs is ended, too
    options = parser().parse_args()
    try:
        tables = options.mode(options)
    except ValueError as error:
        raise SystemExit(str(error)) from None
    if options.json:
        rows: list[list[dict[str, Any]]] = [table.rows for table in tables]
        print(json.dumps(rows, indent=2))
        return
    print("\n\n".join(map(str, filter(None, tables))))


if __name__ == "__main__":
    main()
