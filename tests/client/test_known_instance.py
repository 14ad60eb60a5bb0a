"""A client that is given an instance's profile: facts in place of assumptions, arguments over both."""

from dataclasses import replace
from pathlib import Path

import pytest

from coupa_async_client import CoupaClient, CoupaConfigError, InstanceProfile
from faces import FACES
from servers import Server, http, rows


def profile_of(server, **facts):
    return InstanceProfile(f"127.0.0.1:{server.port}", "2026-11-22T10:00:00+00:00", **facts)


def descending(seen):
    """List 120 rows from the highest id down, whatever order is asked for; 40 at most."""
    after, offset = int(seen.query.get("id[gt]", 0)), int(seen.query.get("offset", 0))
    limit = min(40, int(seen.query.get("limit", 50)))
    return http(200, rows([i for i in range(120, 0, -1) if i > after][offset : offset + limit]))


@pytest.fixture
def server():
    with Server(descending) as server:
        yield server


@pytest.fixture(params=FACES)
def drain(request):
    return FACES[request.param]


BACKWARDS = {"ids_ascending": False, "honours_order_by": False}


def test_rows_listed_backwards_are_read_by_offset_where_the_profile_says_so(server, drain):
    without = drain(server.arguments(), "things")
    known = drain(server.arguments(profile=profile_of(server, **BACKWARDS)), "things")

    assert "does not order by id" in str(without.error)
    assert (known.error, known.receipt.paging) == (None, "offset")
    assert known.ids == list(range(120, 0, -1))


def test_max_items_is_read_by_offset_there_too(server, drain):
    known = drain(
        server.arguments(profile=profile_of(server, honours_id_gt=False)), "things", max_items=3
    )

    assert (known.ids, known.receipt.paging) == ([120, 119, 118], "offset")


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (BACKWARDS, "another order than ascending"),
        ({"ids_ascending": False}, "another order than ascending"),
        ({"honours_id_gt": False}, r"ignores id\[gt\]"),
    ],
)
def test_keyset_where_it_cannot_work_is_refused_before_anything_is_sent(server, facts, reason):
    with (
        CoupaClient(**server.arguments(profile=profile_of(server, **facts))) as client,
        pytest.raises(CoupaConfigError, match=f'"keyset" cannot work.*{reason}.*; use "offset"'),
    ):
        client.scan("things", paging="keyset")
    assert server.seen == []


@pytest.mark.parametrize(
    "facts",
    [{}, {"ids_ascending": False, "honours_order_by": True}, {"honours_order_by": False}],
)
def test_paging_by_id_stays_where_nothing_is_against_it(server, facts):
    with CoupaClient(**server.arguments(profile=profile_of(server, **facts))) as client:
        assert client.scan("things").receipt.paging == "ranges"


def test_page_size_and_slots_come_from_the_profile_and_arguments_win(server):
    facts = profile_of(server, page_cap=40, concurrent=8)

    with CoupaClient(**server.arguments(profile=facts)) as client:
        client.scan("things", paging="offset").collect()
    assert server.api[0].query["limit"] == "40"
    assert sizes_of(server, facts) == (40, 8)
    assert sizes_of(server, facts, default_page_size=10, default_concurrent=3) == (10, 3)
    assert sizes_of(server, profile_of(server)) == (50, 32)
    assert sizes_of(server, profile_of(server, page_cap=51)) == (50, 32)


def sizes_of(server, facts, **more):
    with CoupaClient(**server.arguments(profile=facts, **more)) as client:
        return client._client._settings.page_size, client._client._settings.concurrent


def test_a_profile_is_read_from_the_file_it_was_saved_to(server, tmp_path):
    file = tmp_path / "facts.json"
    facts = profile_of(server, page_cap=40, latency_p50=0.25, unknown_filter="ignored", **BACKWARDS)
    file.write_text(facts.to_json(), encoding="utf-8")

    for given in (file, str(file)):
        with CoupaClient(**server.arguments(profile=given)) as client:
            assert client._client._settings.profile == facts


def test_the_profile_of_another_host_is_refused(server):
    facts = replace(profile_of(server), host="other.coupahost.com")

    with pytest.raises(CoupaConfigError, match=r"of 'other\.coupahost\.com'.*coupa doctor --save"):
        CoupaClient(**server.arguments(profile=facts))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read: No such file.*coupa doctor --save"),
        (b"", "is none"),
        (b"page_cap: 40", "is none"),
        (b'{"version": 1, "host": "\xff"}', "is none"),
        (b"[1]", "is none .*Expected `object`"),
        (b'{"version": 1}', "is none .*missing required field `host`"),
        (b'{"version": 1, "host": "h", "examined": "e", "page_cap": "40"}', r"is none .*page_cap"),
        (b'{"host": "h"}', "names no version, this library reads 1"),
        (b'{"version": 2, "host": "h"}', "is of version 2, this library reads 1; run coupa doctor"),
    ],
)
def test_a_file_that_is_no_profile_is_refused_with_the_reason(server, tmp_path, content, words):
    file = tmp_path / "facts.json"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(CoupaConfigError, match=rf"facts\.json {words}"):
        CoupaClient(**server.arguments(profile=file))


@pytest.mark.parametrize("given", [7, {"host": "h"}, b"facts.json"])
def test_what_is_neither_a_profile_nor_a_path_is_refused(server, given):
    with pytest.raises(CoupaConfigError, match=r"profile is .*; give an InstanceProfile"):
        CoupaClient(**server.arguments(profile=given))


@pytest.mark.parametrize("facts", [{"page_cap": 0}, {"concurrent": -1}])
def test_a_number_that_cannot_be_is_refused_by_name(server, facts):
    with pytest.raises(CoupaConfigError, match=rf"profile\.{next(iter(facts))} is "):
        CoupaClient(**server.arguments(profile=profile_of(server, **facts)))


def test_a_folder_is_no_profile(server):
    with pytest.raises(CoupaConfigError, match="cannot be read"):
        CoupaClient(**server.arguments(profile=Path()))
