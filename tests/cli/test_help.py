"""Help comes at once: it imports nothing heavy, and the documentation knows every word of it."""

import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import spikevolve
from spikevolve.cli.main import app
from spikevolve.evolve.runs.setting_kinds import Setting, YesNo
from spikevolve.evolve.runs.settings import SETTINGS, Settings

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
ROOT = Path(__file__).parents[2]
COMMANDS = sorted(file.stem for file in (ROOT / "cli/commands").glob("[!_]*.py"))
DOCS = (ROOT / "docs/commands.md").read_text()

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


#: The task is an argument; every other setting has an option.
OPTIONS = [setting for setting in SETTINGS if setting.name != "task"]


def test_help_lists_every_command() -> None:
    output = CliRunner().invoke(app, ["--help"]).output

    assert sorted(get_command(app).commands) == COMMANDS  # type: ignore[attr-defined]
    assert all(f" {command} " in output for command in COMMANDS)


def test_the_documentation_has_a_table_and_a_section_of_commands_in_the_order_of_the_help() -> None:
    in_help = list(get_command(app).commands)  # type: ignore[attr-defined]

    assert re.findall(r"^\| `spikevolve (\w+)", DOCS, re.MULTILINE) == in_help
    assert re.findall(r"^##+ `spikevolve (\w+)", DOCS, re.MULTILINE) == in_help


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

    assert parameters - {"config", "quiet", "or_resume", "requeue_before", "help"} == {
        field.name for field in fields(Settings)
    }


@pytest.mark.parametrize("setting", OPTIONS, ids=lambda setting: setting.name)
def test_every_setting_stands_in_the_documentation_with_its_help(setting: Setting) -> None:
    assert f"\n{documented(setting)}" in DOCS, f"docs/commands.md lacks: {documented(setting)} |"


def documented(setting: Setting) -> str:
    """Return the beginning of a setting's row; a last column may give details."""
    option = f"--{setting.name.replace('_', '-')}"
    if isinstance(setting.kind, YesNo):
        return f"| `{option}`, `--{setting.kind.no}` | {setting.help} |"
    return f"| `{option} {setting.metavar}` | {setting.help} |"


@pytest.mark.parametrize("command", ["run", "check"])
def test_help_shows_every_option_of_a_command_under_its_group(command: str) -> None:
    terminal = {"COLUMNS": "200", "TERM": "xterm"}
    page = CliRunner().invoke(app, [command, "--help"], env=terminal).output
    panels = {panel.split(" ─")[0]: panel for panel in page.split("╭─ ")[1:]}

    for setting in OPTIONS:
        shown = f" --{setting.name.replace('_', '-')} " in panels.get(setting.group, "")
        assert shown == (command == "run" or setting.check), setting.name
        assert not shown or setting.help in panels[setting.group]
