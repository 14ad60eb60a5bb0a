"""What the shell offers, asked as typer's own scripts ask: from a description alone, and never an error."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from swaggers import SHOP, field, shop, written

COUPA = Path(sys.executable).with_name("coupa")
BASH = shutil.which("bash")


@pytest.fixture(autouse=True)
def described(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COUPA_DESCRIPTION", str(written(tmp_path / "swagger", shop=SHOP)))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("coupa export inv", ["invoices"]),
        ("coupa get inv", ["invoices"]),
        ("coupa describe sup", ["suppliers"]),
        ("coupa types n", ["note_texts"]),
        ("coupa export suppliers/7/", ["suppliers/7/badges", "suppliers/7/notes"]),
        ("coupa export suppliers/seven/", []),
        ("coupa describe invoices cre", ["created-at"]),
        ("coupa describe invoices cre_", []),
        ("coupa describe invoices supplier.contact.lo", ["supplier.contact.login"]),
        ("coupa describe invoices custom-fields.", []),
        ("coupa describe invoices status.", []),
        ("coupa export invoices --fields id,sta", ["id,status"]),
        ("coupa export invoices -o a.csv --fields id,supplier.na", ["id,supplier.name"]),
        ("coupa get invoices/7 --fields tot", ["total"]),
        ("coupa types invoices --style msgspec --fields due", ["due-date"]),
        ("coupa export invoices --where created_", ["created_at"]),
        ("coupa export invoices --where supplier[na", ["supplier[name]"]),
        ("coupa export invoices --where supplier[contact][lo", ["supplier[contact][login]"]),
        ("coupa export invoices --where status[not", ["status[not_eq]", "status[not_in]"]),
        ("coupa export invoices --where supplier[bl", ["supplier[blank]"]),
        ("coupa export invoices --where 'status=ap", ["status=approved"]),
        ("coupa export invoices --where 'status[in]=draft,o", ["status[in]=draft,on_hold"]),
        ("coupa export invoices --where 'paid=", ["paid=true", "paid=false"]),
        ("coupa export invoices --where 'number=", []),
        ("coupa export invoices --where 'custom-fields[ours]=", []),
        ("coupa export invoices --where 'nonsense[x][y", []),
        ("coupa export nonsense --where st", []),
        ("coupa export --where st", []),
    ],
)
def test_what_fits_is_offered(offered, line, expected):
    assert offered(line) == expected


def test_everything_is_offered_before_the_first_letter(offered):
    assert set(offered("coupa export invoices --where ")) == set(
        offered("coupa export invoices --fields ")
    )
    assert {"id", "status", "supplier"} <= set(offered("coupa describe invoices "))


def test_an_operator_is_offered_only_where_it_fits(offered):
    offers = offered("coupa export invoices --where created_at[")

    assert "created_at[gt_or_eq]" in offers
    assert not {"created_at[contains]", "created_at[blank]"} & set(offers)


def test_a_description_that_is_named_counts(offered, tmp_path):
    other = shop(definitions={"Invoice": {"properties": {"other-name": field("string")}}})
    folder = written(tmp_path / "other", shop=other)

    assert offered(f"coupa describe --description {folder} invoices oth") == ["other-name"]


def test_the_one_used_last_counts_where_none_is_named(offered, monkeypatch, coupa):
    coupa("resources")
    monkeypatch.delenv("COUPA_DESCRIPTION")

    assert offered("coupa export inv") == ["invoices"]


@pytest.mark.parametrize("place", ["nowhere", "."])
def test_without_a_description_nothing_is_offered_and_nothing_said(offered, monkeypatch, place):
    monkeypatch.setenv("COUPA_DESCRIPTION", place)

    assert offered("coupa export inv") == []
    assert offered("coupa export invoices --where st") == []
    assert offered("coupa export invoices --fields st") == []


@pytest.mark.skipif(BASH is None, reason="no bash here")
def test_bash_itself_gets_them():
    script = """
        eval "$(_COUPA_COMPLETE=source_bash coupa)"
        COMP_WORDS=(coupa export invoices --fields id,supplier.na)
        COMP_CWORD=4
        _coupa_completion coupa
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    path = os.pathsep.join([str(COUPA.parent), os.environ["PATH"]])

    ran = subprocess.run(
        [BASH, "--norc", "-c", script],
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=True,
        timeout=25,
    )

    assert (ran.stdout, ran.stderr) == ("id,supplier.name\n", "")
