"""What the commands say of an API description, to people and to programs, and what they refuse."""

import fcntl
import json
import os
import re
import struct
import sys
import termios
from contextlib import suppress
from pathlib import Path

import pytest

from coupa_async_client import folders
from coupa_async_client.swagger import load
from servers import Server, http
from swaggers import SHOP, listing, shop, written


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Keep what is cached out of the home of whoever runs the tests."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setattr(sys, "platform", "linux")
    return home


@pytest.fixture
def folder(tmp_path):
    return written(tmp_path / "swagger", shop=SHOP)


@pytest.fixture
def by(folder):
    return ("--description", str(folder))


class TestWhichDescription:
    def test_without_any_the_ways_to_one_are_named(self, coupa):
        ran = coupa("resources")

        assert ran.code == 2
        assert ran.stdout == ""
        for way in ("--description", "COUPA_DESCRIPTION", "/api_docs/0.json"):
            assert way in ran.stderr

    def test_it_may_stand_in_the_environment(self, coupa, folder):
        ran = coupa("describe", "invoices", environment={"COUPA_DESCRIPTION": str(folder)})

        assert (ran.code, ran.stderr) == (0, "")

    def test_several_files_may_be_given(self, coupa, tmp_path, folder):
        notes = shop(paths={"/notes": {"get": listing("Note", "Query notes")}}, definitions={})
        other = written(tmp_path / "other", notes=notes) / "notes.json"
        both = ["--description", str(folder / "shop.json"), "--description", str(other)]

        ran = coupa("resources", *both, "--json")

        assert {"notes", "invoices"} <= {each["name"] for each in json.loads(ran.stdout)}

    def test_the_one_used_last_is_used_again_and_that_is_said(self, coupa, by):
        first = coupa("describe", "invoices", *by)

        second = coupa("describe", "invoices")

        assert second.stdout == first.stdout
        assert first.stderr == ""
        assert second.stderr.count("\n") == 1
        assert "r40.shop.example" in second.stderr
        assert "--description names another" in second.stderr

    def test_one_without_a_host_is_used_again_too(self, coupa, tmp_path):
        by = ("--description", str(written(tmp_path / "bare", shop=shop(host=""))))
        coupa("resources", *by)

        assert "by the description that was used last" in coupa("resources").stderr

    def test_a_file_that_is_none_is_refused(self, coupa, tmp_path):
        (tmp_path / "page.json").write_text("<html>Log in</html>")

        ran = coupa("resources", "--description", "page.json")

        assert ran.code == 2
        assert "page.json is HTML" in ran.stderr
        assert ran.stderr.count("\n") == 1

    @pytest.mark.parametrize(
        ("platform", "environment", "folder"),
        [
            ("linux", {"XDG_CACHE_HOME": ""}, ".cache/coupa-async-client"),
            ("linux", {"XDG_CACHE_HOME": "/elsewhere"}, "/elsewhere/coupa-async-client"),
            ("darwin", {}, "Library/Caches/coupa-async-client"),
            ("win32", {"LOCALAPPDATA": "/local"}, "/local/coupa-async-client/Cache"),
            ("win32", {"LOCALAPPDATA": ""}, "AppData/Local/coupa-async-client/Cache"),
        ],
    )
    def test_copies_are_kept_where_the_platform_wants_them(
        self, monkeypatch, home, platform, environment, folder
    ):
        monkeypatch.setattr(sys, "platform", platform)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

        assert folders.cache_folder() == home / folder

    def test_nothing_is_kept_where_nobody_is_at_home(self, coupa, monkeypatch, by):
        def nobody():
            raise RuntimeError

        monkeypatch.delenv("XDG_CACHE_HOME")
        monkeypatch.setattr(Path, "home", nobody)

        assert coupa("resources", *by).code == 0
        assert coupa("resources").code == 2


class TestResources:
    def test_into_a_pipe_each_is_one_line(self, coupa, by):
        ran = coupa("resources", *by)

        lines = {line.split()[0]: line.split()[1:] for line in ran.stdout.splitlines()[3:]}
        assert ran.code == 0
        assert ran.stdout.startswith("6 resources. CAN: l list,")
        assert lines["invoices"] == ["ls-uda", "22", "Invoices"]
        assert lines["suppliers/{supplier_id}/notes"] == [
            "ls----",
            "2",
            "Notes",
            "of",
            "a",
            "supplier",
        ]
        assert list(lines) == sorted(lines)
        assert len(lines) == 6

    def test_as_json_they_come_with_their_scopes(self, coupa, by):
        invoices = json.loads(coupa("resources", *by, "--json").stdout)[0]

        assert invoices == {
            "name": "invoices",
            "title": "Invoices",
            "object": "Invoice",
            "can": ["list", "show", "update", "delete", "action"],
            "actions": ["mine", "lines/{line_id}/drop", "submit"],
            "scopes": {
                "read": ["core.invoice.read"],
                "write": [
                    *("core.invoice.create", "core.invoice.write", "core.invoice.delete"),
                    *("core.invoice.approval.write", "core.invoice.approval.bypass"),
                ],
            },
            "attributes": 22,
        }


class TestDescribe:
    def test_attributes_operations_actions_and_scopes_are_told(self, coupa, by):
        lines = coupa("describe", "invoices", *by).stdout.splitlines()

        told = [" ".join(line.split()) for line in lines]
        assert told[0] == "Invoices (invoices): 22 attributes of Invoice"
        assert "status string rw draft, approved, on_hold" in told
        assert "created-at datetime r" in told
        assert "lines list of Line rw" in told
        assert "approver User or Sales-Team r" in told
        assert "tags list rw" in told
        assert "home-currency not described rw" in told
        assert "GET invoices Query invoices" in told
        assert "PUT invoices/{id}/submit" in told
        assert "to read, any of core.invoice.read" in told

    def test_a_resource_without_actions_and_scopes_says_so(self, coupa, by):
        told = coupa("describe", "note_texts", *by).stdout

        assert "ACTIONS" not in told
        assert "none reported" in told

    def test_an_attribute_with_others_inside(self, coupa, by):
        told = coupa("describe", "invoices", "supplier.contact", *by).stdout

        assert told.startswith("supplier.contact: User\n")
        assert "suppliers" in told
        assert "list of Supplier" in told

    def test_an_attribute_with_values(self, coupa, by):
        told = coupa("describe", "invoices", "status", *by).stdout

        assert told.startswith("status: string\nA field of the shop\n")
        assert "contains" in told
        assert "draft, approved, on_hold" in told

    def test_an_attribute_of_which_nothing_is_known(self, coupa, by):
        assert "not described" in coupa("describe", "invoices", "tags", *by).stdout

    def test_many_values_are_shortened_in_the_table_alone(self, coupa, tmp_path):
        zones = [f"zone-{n}" for n in range(40)]
        definition = {"properties": {"zone": {"type": "string", "enum": zones, "readOnly": True}}}
        document = shop(definitions={"Invoice": definition})
        by = ("--description", str(written(tmp_path / "zones", shop=document)))

        assert "zone-11 and 28 more" in coupa("describe", "invoices", *by).stdout
        alone = coupa("describe", "invoices", "zone", *by).stdout
        assert alone.startswith("zone: string, read-only\n")
        assert "zone-39" in alone

    def test_as_json_everything_is_there(self, coupa, by):
        whole = json.loads(coupa("describe", "invoices", *by, "--json").stdout)
        one = json.loads(coupa("describe", "invoices", "supplier", *by, "--json").stdout)
        unknown = json.loads(coupa("describe", "invoices", "tags", *by, "--json").stdout)

        assert whole["attributes"][2]["values"] == ["draft", "approved", "on_hold"]
        assert whole["operations"][0]["path"] == "invoices"
        assert whole["parameters"]["dir"] == ["asc", "desc"]
        assert [each["name"] for each in one["inside"]] == [
            "id",
            "name",
            "contact",
            "seller",
            "site",
        ]
        assert one["operators"] == ["blank"]
        assert unknown["inside"] is None

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["invocies"], "the nearest is invoices"),
            (
                ["invoices", "supplier.nmae"],
                "'supplier' has no attribute 'nmae'; the nearest is name",
            ),
            (["invoices", "custom-fields.ours"], "custom-fields.ours is not described"),
        ],
    )
    def test_what_is_not_there_is_refused_in_one_line(self, coupa, by, arguments, words):
        ran = coupa("describe", *arguments, *by)

        assert (ran.code, ran.stdout) == (2, "")
        assert words in ran.stderr
        assert ran.stderr.count("\n") == 1


class TestTypes:
    @pytest.mark.parametrize("style", ["dataclass", "typeddict", "msgspec", "pydantic"])
    def test_what_is_written_is_python(self, coupa, by, style):
        ran = coupa(
            *("types", "invoices", "--fields", "id,status,supplier.name", "--style", style, *by)
        )

        assert (ran.code, ran.stderr) == (0, "")
        compile(ran.stdout, "rows.py", "exec")
        assert "Supplier" in ran.stdout

    def test_coupas_own_json_and_a_name_are_taken(self, coupa, by):
        fields = '["id",{"lines":["price"]},{"custom_fields":{}}]'

        ran = coupa("types", "invoices", "--fields", fields, "--name", "Bill", *by)

        assert "class Bill:" in ran.stdout
        assert "lines: list[Line]" in ran.stdout
        assert "custom_fields: dict[str, Any] | None = None" in ran.stdout

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--fields", "id,stauts"], "the nearest is status"),
            (["--fields", "id", "--name", "my row"], "name is 'my row'"),
            (["--fields", "id", "--style", "attrs"], "'attrs' is not one of"),
            (["--fields", ""], "fields"),
            ([], "--fields"),
        ],
    )
    def test_what_cannot_be_written_is_refused(self, coupa, by, arguments, words):
        ran = coupa("types", "invoices", *arguments, *by)

        assert (ran.code, ran.stdout) == (2, "")
        assert words in ran.stderr


class TestOnATerminal:
    @pytest.fixture
    def terminal(self, started, folder):
        """Run the command on a terminal of its own, so many columns wide, and return its lines."""

        def run(columns, *arguments):
            ours, theirs = os.openpty()
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
            process = started(None, *arguments, "--description", str(folder), stdout=theirs)
            os.close(theirs)
            told = b""
            with suppress(OSError):  # how a terminal ends
                while piece := os.read(ours, 65_536):
                    told += piece
            os.close(ours)
            assert process.wait() == 0
            return re.sub(r"\x1b\[\d*m", "", told.decode()).splitlines()

        return run

    @pytest.mark.parametrize("columns", [60, 80, 120])
    @pytest.mark.parametrize("arguments", [["resources"], ["describe", "invoices"]], ids=len)
    def test_no_line_is_wider_and_no_name_is_lost(self, terminal, columns, arguments):
        lines = terminal(columns, *arguments)

        shop = load(SHOP)
        names = shop.objects["Invoice"] if "invoices" in arguments else shop.resources
        told = "".join("".join(line.strip().split("  ")[0] for line in lines).split())
        assert max(map(len, lines)) <= columns
        assert all(name in told for name in names)


class TestChecks:
    def test_a_description_that_is_named_checks_an_export_before_anything_is_sent(
        self, coupa, by, sandbox
    ):
        """A misspelt filter exported the whole instance."""
        ran = coupa(
            *("export", "invoices", "-o", "rows.jsonl", "--where", "stauts=draft", *by),
            environment=sandbox.env(),
        )

        assert (ran.code, ran.stdout) == (2, "")
        assert "the nearest is status" in ran.stderr
        assert sandbox.journal == []

    @pytest.mark.parametrize(
        ("asked", "words"),
        [
            (("--where", "stauts=draft"), "the nearest is status"),
            (("--fields", "totl"), "fields, totl"),
        ],
    )
    def test_so_it_does_for_one_answer(self, coupa, folder, sandbox, asked, words):
        environment = {**sandbox.env(), "COUPA_DESCRIPTION": str(folder)}

        ran = coupa("get", "invoices", *asked, environment=environment)

        assert (ran.code, ran.stdout) == (2, "")
        assert words in ran.stderr
        assert sandbox.journal == []

    def test_one_that_was_used_last_checks_nothing(self, coupa, by, sandbox):
        coupa("resources", *by)

        ran = coupa("get", "invoices/7", "--fields", "invoice-number", environment=sandbox.env())

        assert (ran.code, ran.stderr) == (0, "")
        assert "invoice-number" in ran.stdout

    def test_what_fits_is_sent(self, coupa, by, sandbox):
        ran = coupa("get", "invoices/7", "--fields", "id", *by, environment=sandbox.env())

        assert (ran.code, json.loads(ran.stdout)) == (0, {"id": 7})


class TestTheInstancesOwn:
    @pytest.fixture
    def environment(self):
        def answer(seen):
            return http(200, SHOP) if seen.path == "/api_docs/0.json" else http(404)

        with Server(answer) as server:
            arguments = server.arguments()
            yield {
                f"COUPA_{name.upper()}": arguments[name]
                for name in ("base_url", "token_url", "client_id", "client_secret")
            }

    def test_it_is_fetched_and_used_again(self, coupa, environment):
        fetched = coupa("describe", "invoices", "--from-instance", environment=environment)
        again = coupa("describe", "invoices")

        assert (fetched.code, fetched.stderr) == (0, "")
        assert "status" in fetched.stdout
        assert again.stdout == fetched.stdout
        assert "used last" in again.stderr

    def test_types_can_be_written_of_it(self, coupa, environment):
        ran = coupa(
            "types", "invoices", "--fields", "id,total", "--from-instance", environment=environment
        )

        assert (ran.code, ran.stderr) == (0, "")
        assert "total: Decimal" in ran.stdout

    def test_it_is_not_both_fetched_and_named(self, coupa, by):
        ran = coupa("resources", "--from-instance", *by)

        assert ran.code == 2
        assert "leave one of them out" in ran.stderr

    def test_nothing_is_kept_where_nobody_is_at_home(self, coupa, environment, monkeypatch):
        def nobody():
            raise RuntimeError

        monkeypatch.delenv("XDG_CACHE_HOME")
        monkeypatch.setattr(Path, "home", nobody)

        assert coupa("resources", "--from-instance", environment=environment).code == 0
