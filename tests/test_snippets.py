"""Every Python snippet of the documentation, and every example, passes ``mypy --strict``."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
#: Pages whose snippets go on with the names of those before.
CONTINUED = ("simulator.md", "stepping.md")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (ROOT / "docs").exists(), reason="only a checkout has the documentation"
    ),
]


def snippets(page: Path) -> list[str]:
    found: list[str] = re.findall(
        r"^```python\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE
    )
    return ["\n".join(found)] if page.name in CONTINUED and found else found


def test_snippets_and_examples_pass_mypy_strict(tmp_path: Path) -> None:
    files = sorted((ROOT / "examples").glob("*.py"))
    for page in PAGES:
        for number, text in enumerate(snippets(page)):
            file = tmp_path / f"{page.stem.lower()}_{number}.py"
            file.write_text(text)
            files.append(file)
    assert len(files) > 20

    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", *map(str, files)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
