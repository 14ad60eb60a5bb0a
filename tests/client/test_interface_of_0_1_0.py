"""Every Python block that users of 0.1.0 know runs unchanged, and yields what the sandbox holds."""

import ast
import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from coupa_async_client import (
    CoupaAsyncClient,
    CoupaClient,
    CoupaConfigError,
    CoupaForbiddenError,
    IncompleteScanError,
)
from coupa_async_client.sandbox import Sandbox

PAGE = Path(__file__).resolve().parents[2].parent / "shared" / "interface-0.1.0.md"

pytestmark = pytest.mark.anyio
documented = pytest.mark.skipif(not PAGE.is_file(), reason="the page is not beside the repository")

SIZES = {"approvals": 1000, "requisitions": 700, "suppliers": 400}


def block_with(words):
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (found,) = [block for block in blocks if words in block]
    return found


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(polite=True, throttle="off", rows=SIZES) as sandbox:
        yield sandbox


@pytest.fixture
def run(sandbox, tmp_path):
    """Run a block as its reader would: as a script, with 0.1.0's environment."""

    def run(block):
        script = tmp_path / "block.py"
        script.write_text(block, encoding="utf-8")
        environment = {
            "BASE_URL": sandbox.base_url,
            "TOKEN_URL": sandbox.token_url,
            "CLIENT_ID": sandbox.client_id,
            "CLIENT_SECRET": sandbox.client_secret,
            "SCOPES": ",".join(sandbox.scopes),
        }
        done = subprocess.run(
            [sys.executable, script],
            env=os.environ | environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=25,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return done.stdout.splitlines()

    return run


@documented
def test_every_block_is_covered_here():
    blocks = re.findall(r"```python\n", PAGE.read_text(encoding="utf-8"))
    assert len(blocks) == 5


@documented
def test_quickstart_async(run, sandbox):
    window = {
        "updated-at[gt_or_eq]": "2025-08-14T00:00:00-04:00",
        "updated-at[lt]": "2025-08-15T00:00:00-04:00",
    }
    expected = [f"{row['id']} {row['status']}" for row in sandbox.rows("approvals", window)]
    assert run(block_with('async for item in client.iter_items("approvals"')) == expected
    assert expected


@documented
def test_quickstart_sync(run, sandbox):
    rows = sandbox.rows("approvals", {"status": "approved"})
    expected = [f"{row['id']} {row['status']}" for row in rows]
    assert run(block_with("with CoupaClient(")) == expected
    assert expected


@documented
def test_the_csv_example(run, sandbox, tmp_path):
    run(block_with("requisitions.csv"))
    with (tmp_path / "requisitions.csv").open(newline="", encoding="utf-8") as file:
        written = list(csv.DictReader(file))
    rows = sandbox.rows("requisitions", {"status": "approved"})
    columns = ("id", "status", "created-at")
    assert written == [{name: str(row[name]) for name in columns} for row in rows]
    assert written


@documented
def test_the_fields_examples_are_accepted(sandbox):
    named: dict[str, str] = {}
    exec(block_with("# relationship expansion"), named)  # noqa: S102  (the page's own code)
    client = CoupaAsyncClient(
        sandbox.base_url, sandbox.token_url, sandbox.client_id, sandbox.client_secret
    )
    assert client.iter_items("approvals", params={}, fields=named["fields"])


class Watched(CoupaAsyncClient):
    """Keeps what the page's loops, whose bodies are empty, were given."""

    def __init__(self, *arguments):
        super().__init__(*arguments, rate=None)
        self.given = {}

    async def iter_pages(self, resource, **options):
        async for page in super().iter_pages(resource, **options):
            self.given.setdefault(resource, []).extend(page)
            yield page

    async def iter_items(self, resource, **options):
        async for row in super().iter_items(resource, **options):
            self.given.setdefault(resource, []).append(row)
            yield row


@documented
async def test_the_offset_examples(sandbox):
    code = compile(
        block_with("# scan a fixed offset window"),
        "page",
        "exec",
        flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
    )
    async with Watched(
        sandbox.base_url, sandbox.token_url, sandbox.client_id, sandbox.client_secret
    ) as client:
        await eval(code, {"client": client})  # noqa: S307  (the page's own code)
    approved = sandbox.rows("requisitions", {"status": "approved"})
    columns = ("id", "created-at")
    assert client.given["requisitions"] == [
        {name: row[name] for name in columns} for row in approved
    ]
    named = sandbox.rows("suppliers", {"name[contains]": ".com"})
    columns = ("id", "name", "updated-at")
    assert client.given["suppliers"] == [{name: row[name] for name in columns} for row in named]
    assert named


async def test_pages_are_lists_of_dictionaries(client, sync_client, shared):
    pages = [page async for page in client.iter_pages("suppliers", params={}, page_size=40)]
    assert [type(page) for page in pages] == [list] * 4
    assert [row for page in pages for row in page] == shared.rows("suppliers")
    assert list(sync_client.pages("suppliers", params={}, page_size=40)) == pages
    assert sync_client.collect_items("suppliers", params={}) == shared.rows("suppliers")
    assert await client.collect_items("suppliers") == shared.rows("suppliers")


def test_offsets_are_covered_exactly(sync_client):
    def ids(**window):
        return [row["id"] for row in sync_client.items("suppliers", params={}, **window)]

    assert ids(offset_start=10, offset_end=75) == list(range(11, 76))
    assert ids(offset_start=100) == list(range(101, 131))
    assert ids(offset_end=200, until_empty=False) == list(range(1, 131))
    assert ids(offset_start=500) == []


def test_page_size_is_sent_as_limit(sync_client, shared):
    before = len(shared.journal)
    sync_client.collect_items("users", page_size=15)
    sent = [dict(e.query) for e in shared.journal[before:] if e.path == "/api/users"]
    assert {query["limit"] for query in sent} == {"15", "16"}  # with the row before, but the first


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"until_empty": False}, "needs an offset_end"),
        ({"accept": "application/xml"}, "only 'application/json' is read"),
        ({"offset_start": -5}, "offset_start is -5"),
        ({"offset_end": -5}, "offset_end is -5"),
        ({"page_size": 0}, "page_size is 0"),
        ({"concurrent": -1}, "concurrent is -1"),
    ],
)
def test_what_never_ended_or_lost_rows_is_refused(sync_client, shared, options, words):
    before = len(shared.journal)
    with pytest.raises(CoupaConfigError) as caught:
        sync_client.collect_items("users", **options)
    assert words in str(caught.value)
    assert len(shared.journal) == before


def test_a_page_that_fails_is_never_left_out(arguments):
    """0.1.0 skipped the offsets of a batch that failed and went on: 50 rows gone in silence."""
    with Sandbox(polite=True, throttle="off", rows={"users": 1000}) as sandbox:
        sandbox.fault("403", path="users", nth=7, times=1)
        arguments |= {"base_url": sandbox.base_url, "token_url": sandbox.token_url}
        with CoupaClient(**arguments) as client, pytest.raises(IncompleteScanError) as caught:
            client.collect_items("users", params={}, page_size=50)
    assert isinstance(caught.value.__cause__, CoupaForbiddenError)
    assert caught.value.holes["left"]
