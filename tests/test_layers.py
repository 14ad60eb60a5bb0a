"""The house stands: every import statement goes down a floor, and the checker sees one that does not."""

from pathlib import Path

import pytest

from floors import PACKAGE, violations

SOURCE = Path(__file__).resolve().parents[1] / "src" / PACKAGE


def test_every_import_of_the_package_goes_down():
    files = sorted(SOURCE.rglob("*.py"))

    found = [
        violation
        for file in files
        for violation in violations(file.read_text("utf-8"), file.relative_to(SOURCE).as_posix())
    ]

    assert files
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        pytest.param("_retry.py", "from . import client", id="upward"),
        pytest.param("_retry.py", "from ._limits import Bucket", id="same-floor"),
        pytest.param("errors.py", "import coupa_async_client.auth as a", id="absolute"),
        pytest.param("auth.py", "from coupa_async_client import CoupaClient", id="public-face"),
        pytest.param("auth.py", "from . import *", id="star"),
        pytest.param("auth.py", "from .client import *", id="star-of-a-module"),
        pytest.param(
            "errors.py",
            "if TYPE_CHECKING:\n    from ._engine import Engine",
            id="type-checking",
        ),
        pytest.param("types.py", "def f():\n    from .query import Query", id="in-a-function"),
        pytest.param("integrations/arrow.py", "import json", id="module-without-a-floor"),
        pytest.param("client.py", "from .unheard import of", id="from-a-module-without-a-floor"),
        pytest.param("sandbox/app.py", "from ..errors import CoupaError", id="island-to-client"),
        pytest.param(
            "sandbox/shapes/a.py", "from ...types import Page", id="deep-island-to-client"
        ),
        pytest.param("client.py", "from .sandbox.app import app_for", id="client-to-island"),
        pytest.param("__init__.py", "from .sandbox import Sandbox", id="face-to-island"),
        pytest.param("__init__.py", "from .cli import main", id="face-to-command-line"),
        pytest.param("_engine.py", "import httpx2", id="http-library"),
        pytest.param("sandbox/app.py", "from httpx2 import URL", id="http-library-on-the-island"),
        pytest.param("_limits.py", "import time", id="clock"),
        pytest.param("query.py", "import asyncio.events", id="loop"),
    ],
)
def test_a_forbidden_import_is_found(path, source):
    assert len(violations(source, path)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        pytest.param("client.py", "from ._engine import run\nfrom .errors import A, B", id="down"),
        pytest.param("_transport.py", "import httpx2, asyncio, time", id="transport"),
        pytest.param("query.py", "import json, re\nfrom datetime import time", id="pure"),
        pytest.param("__init__.py", "from .sync_client import CoupaClient", id="face"),
        pytest.param(
            "cli/export.py", "from .. import CoupaClient\nfrom . import options", id="cli"
        ),
        pytest.param("cli/serve.py", "from ..sandbox import Sandbox", id="cli-starts-the-island"),
        pytest.param(
            "cli/__init__.py", "from .app import main\nfrom ..errors import A", id="cli-face"
        ),
        pytest.param("sandbox/__init__.py", "from .app import app_for", id="inside-the-island"),
        pytest.param("sandbox/shapes/a.py", "from ..store import Store", id="deep-in-the-island"),
    ],
)
def test_an_import_that_goes_down_is_allowed(path, source):
    assert violations(source, path) == []
