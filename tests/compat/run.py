"""Show that a client no one here wrote agrees with our sandbox, and ours with it.

Installs the published wheel of 0.1.0 into a virtual environment of its own, lets it and our client
drain five resources of a polite sandbox, and compares row for row. Needs a package index.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from coupa_async_client import CoupaClient
from coupa_async_client.sandbox import Sandbox

PUBLISHED = "coupa-async-client==0.1.0"
SIZES = {
    "invoices": 520,
    "purchase_orders": 300,
    "suppliers": 130,
    "approvals": 1000,
    "users": 30,
}


def install(folder: Path) -> Path:
    """Make the virtual environment, unless a run before left it, and return its interpreter."""
    python = folder / "bin" / "python"
    done = folder / ".installed"
    if not done.exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-qq", PUBLISHED], check=True)
        done.touch()
    return python


def main() -> int:
    """Print a line per resource; fail if any row differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venv", type=Path, help="keep 0.1.0's virtual environment here")
    chosen = parser.parse_args().venv
    with tempfile.TemporaryDirectory() as scratch:
        python = install(chosen or Path(scratch))
        with Sandbox(polite=True, rows=SIZES) as sandbox:
            drained = subprocess.run(
                [python, Path(__file__).with_name("drain_with_0_1_0.py"), *SIZES],
                env={**os.environ, **sandbox.env()},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            agree = True
            with CoupaClient(**connection(sandbox)) as client:
                for line in drained.stdout.splitlines():
                    theirs = json.loads(line)
                    name = theirs["resource"]
                    ours = client.scan(name).collect()
                    same = by_id(theirs["rows"]) == by_id(ours) == sandbox.rows(name)
                    agree = agree and same and len(ours) == len(theirs["rows"]) == SIZES[name]
                    counts = f"0.1.0 {len(theirs['rows'])} rows, ours {len(ours)}"
                    print(f"{name}: {counts}, {'equal' if same else 'DIFFERENT'}")
    return 0 if agree else 1


def connection(sandbox: Sandbox) -> dict[str, str]:
    """Name our client's arguments for the sandbox."""
    return {
        "base_url": sandbox.base_url,
        "token_url": sandbox.token_url,
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
    }


def by_id(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Order rows by id; a row that came twice stays twice."""
    return sorted(rows, key=lambda row: row["id"])


if __name__ == "__main__":
    sys.exit(main())
