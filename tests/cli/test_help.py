"""Help comes at once: it imports nothing heavy, and the documentation knows every word of it."""

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import spikevolve
from spikevolve.cli.main import app
from spikevolve.evolve.runs.settings import Settings

HEAVY = {
    "deap",
    "gymnasium",
    "llvmlite",
    "matplotlib",
    "moocore",
    "numba",
    "numpy",
    "pandas",
    "pyarrow",
    "ray",
    "scipy",
    "sklearn",
}
COMMANDS = [
    "run",
    "resume",
    "tasks",
    "check",
    "report",
    "status",
    "test",
    "plot",
    "export",
    "simulate",
]
DOCS = (Path(__file__).parents[2] / "docs/commands.md").read_text()

PROBE = """
import json, sys
from spikevolve.cli.main import app
try:
    app(sys.argv[1:], prog_name="spikevolve")
except SystemExit as leaving:
    print()
    print(json.dumps([leaving.code, sorted({name.split(".")[0] for name in sys.modules})]))
"""


@pytest.mark.parametrize(
    "arguments", [["--help"], ["run", "--help"], ["check", "--help"], ["--version"], ["tasks"]]
)
def test_help_and_the_list_of_tasks_import_nothing_heavy(arguments: list[str]) -> None:
    output = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], capture_output=True, text=True, check=True
    ).stdout

    status, modules = json.loads(output.splitlines()[-1])
    assert status in (0, None)
    assert "typer" in modules
    assert not HEAVY & set(modules)


def test_help_lists_every_command() -> None:
    output = CliRunner().invoke(app, ["--help"]).output

    assert list(get_command(app).commands) == COMMANDS  # type: ignore[attr-defined]
    assert all(f" {command} " in output for command in COMMANDS)


def test_the_version_is_the_package_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).output == f"spikevolve {spikevolve.__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_every_option_stands_in_the_documentation(command: str) -> None:
    assert f"`spikevolve {command}" in DOCS
    for parameter in get_command(app).commands[command].params:  # type: ignore[attr-defined]
        for option in [*parameter.opts, *parameter.secondary_opts]:
            if option.startswith("-"):
                assert f"`{option}" in DOCS, option


def test_run_has_an_option_for_every_setting_and_no_other() -> None:
    parameters = {p.name for p in get_command(app).commands["run"].params}  # type: ignore[attr-defined]

    assert parameters - {"config", "quiet", "help"} == {field.name for field in fields(Settings)}
