"""The clients that are compared, each with an interpreter of its own; this library runs in the one that runs this.

`requirements/` pins every package of a peer. The first run needs a package index.
"""

import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VENVS = ROOT / ".venv-peers"


@dataclass(frozen=True, slots=True)
class Client:
    """A script that drains, and where its packages are; None for those of this interpreter."""

    name: str
    script: str
    peer: str | None = None

    def command(self, venvs: Path = VENVS) -> tuple[str, ...]:
        """Return how to start it, with its virtual environment made."""
        python = sys.executable if self.peer is None else str(installed(venvs, self.peer))
        return python, str(HERE / "clients" / self.script)


OURS = Client("this library", "ours.py")
PUBLISHED = Client("0.1.0", "published.py", "0.1.0")
DLT = Client("dlt's REST source", "dlt_rest.py", "dlt")
PLAIN_LOOP = Client("plain loop on httpx2", "plain_loop.py")
CHEAPEST = Client("cheapest possible", "cheapest.py", "cheapest")


def prepare(tell: Callable[[str], object], venvs: Path = VENVS) -> None:
    """Make every virtual environment, before several drains want the same one at once."""
    for requirements in sorted((HERE / "requirements").iterdir()):
        tell(f"set-up: {venvs.name}/{requirements.stem}")
        installed(venvs, requirements.stem)


def installed(venvs: Path, peer: str) -> Path:
    """Make a peer's virtual environment unless a run before left it; return its interpreter."""
    python = venvs / peer / "bin" / "python"
    requirements = HERE / "requirements" / f"{peer}.txt"
    pinned = requirements.read_text(encoding="utf-8")
    done = venvs / peer / ".installed"
    if not done.exists() or done.read_text(encoding="utf-8") != pinned:
        venv.create(venvs / peer, with_pip=True, clear=True)
        subprocess.run(
            [python, "-m", "pip", "install", "-qq", "--requirement", requirements], check=True
        )
        done.write_text(pinned, encoding="utf-8")
    return python


def versions(peer: str) -> dict[str, str]:
    """Return what a peer's requirements pin, by package."""
    lines = (HERE / "requirements" / f"{peer}.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines)
