"""Descriptions from files and folders, and the copies that are kept of what was read."""

import os
import threading
from pathlib import Path

import pytest

from coupa_async_client import CoupaConfigError, swagger
from coupa_async_client.description import parse
from coupa_async_client.description.compact import pack, unpack
from coupa_async_client.description.parsing import LARGEST
from coupa_async_client.swagger import last_loaded, load
from swaggers import SHOP, as_bytes, listing, shop, written

OTHER = shop(paths={"/notes": {"get": listing("Note", "Query notes")}}, definitions={})
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture
def folder(tmp_path):
    return written(tmp_path / "swagger", shop=SHOP, other=OTHER)


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "made" / "cache"


class TestSources:
    def test_a_folder_is_all_its_files_merged(self, folder):
        (folder / "README.txt").write_text("not one of them")

        assert load(folder) == parse(as_bytes(OTHER), as_bytes(SHOP))
        assert {"invoices", "notes"} <= load(folder).resources.keys()

    def test_files_bytes_and_json_are_taken_alike(self, folder):
        whole = load(folder)

        assert load([folder / "other.json", str(folder / "shop.json")]) == whole
        assert load((as_bytes(OTHER), SHOP)) == whole
        assert load(folder / "shop.json") == load(str(folder / "shop.json")) == load(SHOP)

    @pytest.mark.parametrize(
        ("source", "words"),
        [
            pytest.param("nowhere.json", "cannot read 'nowhere.json' (No such file", id="missing"),
            pytest.param("/api_docs/0.json", "an instance serves it at /api_docs/0.json", id="url"),
            pytest.param("a\0b", "cannot read", id="no-path"),
            pytest.param([], "nothing is given", id="nothing"),
            pytest.param(None, "description is None; give Coupa's Swagger as a file", id="none"),
            pytest.param(7, "description is 7", id="number"),
            pytest.param([7], "description is 7", id="number-in-a-list"),
            pytest.param({"swagger": object()}, "the description is no JSON", id="no-json"),
            pytest.param({"a": 1}, "the description is JSON of another kind", id="other-json"),
            pytest.param(b"<html>", "the description is HTML", id="html"),
        ],
    )
    def test_what_is_none_is_refused_with_what_to_give(self, source, words, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)

        with pytest.raises(CoupaConfigError) as caught:
            load(source)

        assert words in str(caught.value)

    def test_json_that_holds_itself_is_refused(self):
        endless = {}
        endless["paths"] = endless

        with pytest.raises(CoupaConfigError, match="the description is no JSON"):
            load(endless)

    def test_a_folder_without_files_is_refused(self, tmp_path):
        with pytest.raises(CoupaConfigError, match=r"is a folder without \.json files"):
            load(tmp_path)

    def test_the_file_that_is_none_is_named(self, folder):
        (folder / "page.json").write_text("<html>")

        with pytest.raises(CoupaConfigError, match=r"description .*page\.json is HTML"):
            load(folder)

    @pytest.mark.skipif(ROOT, reason="root may read everything")
    def test_a_file_that_may_not_be_read_is_refused(self, folder):
        (folder / "shop.json").chmod(0)

        with pytest.raises(CoupaConfigError, match="Permission denied"):
            load(folder)

    def test_a_file_without_end_is_not_read_to_its_end(self, tmp_path):
        endless = tmp_path / "endless.json"
        with endless.open("wb") as file:
            file.truncate(100 * LARGEST)

        with pytest.raises(CoupaConfigError, match="is larger than 32,000,000 bytes"):
            load(endless)


class TestCopies:
    def test_what_was_read_once_is_not_parsed_again(self, folder, cache, monkeypatch):
        first = load(folder, cache=cache)
        monkeypatch.setattr(swagger, "parse", None)

        assert load(folder, cache=str(cache)) == first

    def test_a_change_in_any_file_is_seen(self, folder, cache):
        before = load(folder, cache=cache)
        written(folder, other=OTHER | {"host": "r41.shop.example"})

        after = load(folder, cache=cache)

        assert after.hosts != before.hosts
        assert len(list(cache.iterdir())) == 2

    @pytest.mark.parametrize("content", [b"", b"coupa-async-client description 1\n\xc1", b"<html>"])
    def test_a_damaged_copy_is_made_again(self, folder, cache, content):
        whole = load(folder, cache=cache)
        (copy,) = cache.iterdir()
        copy.write_bytes(content)

        assert load(folder, cache=cache) == whole
        assert unpack(copy.read_bytes()) == whole

    def test_a_copy_of_another_version_is_made_again(self, folder, cache):
        whole = load(folder, cache=cache)
        (copy,) = cache.iterdir()
        copy.write_bytes(copy.read_bytes().replace(b"description 1", b"description 0"))

        assert load(folder, cache=cache) == whole
        assert unpack(copy.read_bytes()) == whole

    def test_a_cache_that_cannot_be_made_does_no_harm(self, folder, tmp_path):
        (tmp_path / "file").touch()

        assert load(folder, cache=tmp_path / "file" / "cache") == load(folder)

    def test_a_copy_appears_whole_or_not_at_all(self, folder, cache, monkeypatch):
        seen = []

        def interrupted(part, target):
            seen.append((part.exists(), Path(target).exists()))
            raise KeyboardInterrupt

        monkeypatch.setattr(Path, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            load(folder, cache=cache)

        assert seen == [(True, False)]
        assert list(cache.iterdir()) == []

    def test_many_at_once_leave_one_sound_copy(self, folder, cache):
        found = []
        threads = [
            threading.Thread(target=lambda: found.append(load(folder, cache=cache)))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        (copy,) = cache.iterdir()
        assert found == [unpack(copy.read_bytes())] * 8

    def test_a_copy_counts_as_a_file(self, folder, cache):
        whole = load(folder, cache=cache)
        (copy,) = cache.iterdir()

        assert load(copy) == whole

    def test_a_copy_by_another_version_is_refused_as_a_file(self, tmp_path):
        copy = tmp_path / "old.bin"
        copy.write_bytes(pack(load(SHOP)).replace(b"description 1", b"description 0"))

        with pytest.raises(CoupaConfigError, match=r"old\.bin is a copy made by another version"):
            load(copy)


class TestLastLoaded:
    def test_it_is_the_one_that_was_used_last(self, cache):
        shops, notes = load(SHOP, cache=cache), load(OTHER, cache=cache)
        for age, copy in enumerate(
            sorted(cache.iterdir(), key=lambda c: unpack(c.read_bytes()) == notes)
        ):
            os.utime(copy, (age, age))
        assert last_loaded(cache) == notes

        load(SHOP, cache=cache)

        assert last_loaded(cache) == shops

    def test_a_damaged_one_is_passed_over(self, cache):
        whole = load(SHOP, cache=cache)
        (cache / "description-0.bin").write_bytes(b"nonsense")

        assert last_loaded(cache) == whole

    def test_there_may_be_none(self, cache):
        assert last_loaded(cache) is None
