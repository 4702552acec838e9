"""The docstring of every room names what is in it, and nothing that is not."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = sorted(
    file.parent.relative_to(ROOT)
    for room in ("cli", "evolve", "genomes", "results", "sim", "tasks")
    for file in (ROOT / room).rglob("__init__.py")
)
#: Rooms whose files are the registry itself, listed in a table of its own.
LISTED_ELSEWHERE = {Path("cli/commands"), Path("genomes/kernels")}


@pytest.mark.parametrize("room", ROOMS, ids=str)
def test_the_catalogue_of_a_room_names_its_files(room: Path) -> None:
    if room in LISTED_ELSEWHERE:
        pytest.skip("its files are named in the room above")
    docstring = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text())) or ""
    files = {file.stem for file in (ROOT / room).glob("*.py")} - {"__init__"}
    rooms = {file.parent.name for file in (ROOT / room).glob("*/__init__.py")}

    assert files | rooms <= set(re.findall(r"`(\w+)`", docstring))
    items = re.findall(r"^- ((?:`\w+`(?:, )?)+):", docstring, re.MULTILINE)
    listed = {name for item in items for name in re.findall(r"`(\w+)`", item)}
    assert listed <= files | rooms
