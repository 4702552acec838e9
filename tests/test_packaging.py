"""The wheel, the links of the source tree and the folders say the same."""

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = {p.parent.name for p in ROOT.glob("*/__init__.py")} - {"tests"}
SOURCES = {str(p.relative_to(ROOT)) for folder in FOLDERS for p in (ROOT / folder).rglob("*.py")}


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a checkout has the links")
def test_every_folder_is_linked_into_the_source_package() -> None:
    links = {p.name: p.readlink() for p in (ROOT / "src/spikevolve").iterdir() if p.is_symlink()}

    assert links == {f: Path("../..") / f for f in FOLDERS}


def test_every_folder_goes_into_the_wheel() -> None:
    hatch = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    wheel, sdist = hatch["targets"]["wheel"], hatch["targets"]["sdist"]

    assert wheel["sources"].keys() - {"src/spikevolve"} == FOLDERS
    assert set(wheel["only-include"]) >= FOLDERS
    assert set(sdist["only-include"]) >= FOLDERS


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built from the unpacked sdist, without a network."""
    folder = tmp_path_factory.mktemp("dist")
    _build("sdist", ROOT, folder)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as sdist:
        sdist.extractall(folder, filter="data")
    _build("wheel", folder / archive.name.removesuffix(".tar.gz"), folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.mark.slow
def test_the_wheel_holds_every_module_once_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    own = ("__init__.py", "__main__.py", "errors.py", "measurements.py", "posix.py", "py.typed")
    packaged = {f"spikevolve/{name}" for name in own}
    expected = packaged | {f"spikevolve/{source}" for source in SOURCES}
    assert {name for name in names if ".dist-info/" not in name} == expected
    assert len(names) == len(set(names))
    assert any(name.endswith("licenses/LICENSE") for name in names)


@pytest.mark.slow
def test_the_wheel_runs_without_the_source_tree(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    for folder in ("tasks", "sim"):  # a user's own folders of our names are in nobody's way
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").write_text("raise RuntimeError('not ours')")
    probe = "import spikevolve.cli.main, spikevolve.evolve.runs.run as m; print(m.__file__)"

    uncompiled = {"NUMBA_DISABLE_JIT": "1"}  # in another place, kernels would be compiled again

    where = subprocess.run(
        [sys.executable, "-c", probe],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site"), "HOME": str(tmp_path), **uncompiled},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert Path(where.strip()) == tmp_path / "site/spikevolve/evolve/runs/run.py"


def _build(target: str, source: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
