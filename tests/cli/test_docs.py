"""The documentation names every column, and its relative links lead somewhere."""

import re
from pathlib import Path

import pytest

from spikevolve.genomes import MUTATIONS, MutationRates
from spikevolve.measurements import MEASUREMENTS
from spikevolve.results.store.schema import TABLES

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


@pytest.mark.parametrize("table", TABLES)
def test_every_column_of_every_table_stands_in_the_documentation(table: str) -> None:
    text = (ROOT / "docs/runs.md").read_text()

    assert [c.name for c in TABLES[table] if f"`{c.name}`" not in text] == []


def test_the_table_of_measurements_is_that_of_the_code() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text().split("## Measurements")[1].split("\n## ")[0]
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| `")]

    found = [(name, row[2].strip()) for row in rows for name in re.findall("`(.*?)`", row[1])]

    assert found == [(m.name, m.unit or "–") for m in MEASUREMENTS]


def test_the_table_of_mutations_has_those_of_the_code_with_their_default_rates() -> None:
    text = (ROOT / "docs/search.md").read_text().split("## How children differ")[1]
    rows = re.findall(r"^\| `(\w+)` \| ([\d.]+) \| (.+) \|$", text.split("\n## ")[0], re.MULTILINE)
    said = {name: float(rate) for name, rate, _ in rows}

    assert list(said) == list(MUTATIONS)
    assert MutationRates(**said) == MutationRates()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())

    assert [t for t in targets if not (page.parent / t).exists()] == []


def headings(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    found = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_headings(page: Path) -> None:
    targets = re.findall(r"\]\(([\w./]*)#([^)]*)\)", page.read_text())

    assert [
        f"{file}#{anchor}"
        for file, anchor in targets
        if anchor not in headings(page.parent / file if file else page)
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_the_documentation_imports_is_there(page: Path) -> None:
    for line in re.findall(r"^from spikevolve.*$", page.read_text(), re.MULTILINE):
        exec(line, {})
