"""The one table of measurements, and those who must keep to it."""

from spikevolve.measurements import EVALUATED, MEASUREMENTS, NAMES
from spikevolve.results.store.schema import TABLES
from spikevolve.tasks.workload import Measurements


def test_a_task_measures_what_the_table_says_it_does() -> None:
    assert Measurements._fields == tuple(m.name for m in MEASUREMENTS if m.source == "task")


def test_names_are_unique_and_rows_have_all_but_those_of_the_genome() -> None:
    assert len({m.name for m in MEASUREMENTS}) == len(MEASUREMENTS)
    assert tuple(m.name for m in EVALUATED) == NAMES
    assert {m.name for m in MEASUREMENTS} - set(NAMES) == {"genome_neurons", "genome_synapses"}


def test_only_a_task_can_measure_on_test_data() -> None:
    assert [m.name for m in MEASUREMENTS if m.tested and m.source != "task"] == []


def test_tables_have_each_measurement_with_its_unit_and_meaning() -> None:
    for table in ("individuals", "front"):
        columns = {column.name: column for column in TABLES[table]}
        for m in MEASUREMENTS:
            assert (columns[m.name].unit, columns[m.name].meaning) == (m.unit, m.meaning)
    tests = {c.name: c.unit for c in TABLES["front"] if c.name.startswith("test_")}
    assert tests == {f"test_{m.name}": m.unit for m in MEASUREMENTS if m.tested}
    best = [c.name for c in TABLES["generations"] if c.name.startswith("best_")]
    assert best == [f"best_{m.name}" for m in EVALUATED]
