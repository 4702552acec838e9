"""The examples run, and so do the snippets of docs/python.md, one after the other."""

import os
import re
import subprocess
import sys
from pathlib import Path

import matplotlib as mpl
import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not EXAMPLES, reason="only a checkout has the examples"),
]

#: What each example must have printed.
PRINTED = {
    "ask_and_tell": r"^\d+-\d+: [01]\.\d{3}, by \w+",
    "balance_pole": r"balanced for \d+ steps$",
    "classify_samples": r"^first +setosa +\d+ +\d+$",
    "cross_validate": r"^spiking: 0\.\d{3} ± 0\.\d{3}$",
    "own_task": r"'across \[0\]'",
    "study_in_pandas": r"^30 +3\.0 +0\.\d+",
}


def test_what_every_example_prints_is_known() -> None:
    assert PRINTED.keys() == {example.stem for example in EXAMPLES}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.stem)
def test_an_example_runs(example: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(example)],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert re.search(PRINTED[example.stem], done.stdout, re.MULTILINE), done.stdout
    if example.stem == "study_in_pandas":
        assert (tmp_path / "study.pdf").read_bytes().startswith(b"%PDF")


def test_the_snippets_of_the_page_about_python_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    mpl.use("agg")
    text = (ROOT / "docs/python.md").read_text()

    scopes: list[dict[str, object]] = []
    for snippet in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        scopes.append({"__name__": "snippet"})
        exec(snippet, scopes[-1])

    assert len(scopes) >= 9
    answers = next(scope["answers"] for scope in scopes if "answers" in scope)
    assert list(answers["answer"]) == ["setosa"]  # type: ignore[index]
