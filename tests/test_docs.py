"""What the papers show works: every Python block of the README and of docs/ runs, and what they name exists."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from coupa_async_client._profile_table import checked, tables

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAPERS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCKS = [
    block
    for paper in PAPERS
    for block in re.findall(r"```python\n(.*?)```", paper.read_text(encoding="utf-8"), re.DOTALL)
    if "import" in block
]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[-1].strip()[:40])
def test_a_block_of_the_papers_runs_as_it_stands(block, tmp_path):
    script = tmp_path / "block.py"
    script.write_text(block, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", script],
        cwd=tmp_path,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=25,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_the_example_prints_every_row_it_promises(tmp_path):
    script = tmp_path / "first.py"
    script.write_text(BLOCKS[0], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=25, check=True
    )
    *rows, receipt = done.stdout.splitlines()
    assert f"rows={len(rows)}" in receipt
    assert "complete=True" in receipt
    assert len(rows) > 300


def test_every_make_target_that_the_papers_name_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    papers = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for target in set(re.findall(r"(?:`|^)make ([a-z]+)", papers, re.MULTILINE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_file_that_a_paper_links_to_exists(paper):
    for link in re.findall(r"\]\(([^)#:]+)\)", paper.read_text(encoding="utf-8")):
        assert (paper.parent / link).is_file(), link


def test_the_profiles_that_the_papers_show_are_profiles():
    file = Path("/conf/config.toml")
    (text,) = re.findall(
        r"```toml\n(.*?)```", (ROOT / "docs" / "running.md").read_text(), re.DOTALL
    )
    found = [checked(name, table, file) for name, table in tables(text, file).items()]

    assert [each.name for each in found] == ["prod", "test"]
