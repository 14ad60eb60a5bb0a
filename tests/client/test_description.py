"""Questions checked by a description before they are sent, and the description an instance serves."""

import asyncio
from dataclasses import dataclass

import pytest

from coupa_async_client import (
    CoupaAPIError,
    CoupaAsyncClient,
    CoupaClient,
    CoupaConfigError,
    CoupaNotFoundError,
    CoupaServerError,
    CoupaShapeError,
    field,
    where,
)
from coupa_async_client.description import parse
from coupa_async_client.swagger import keep, load
from servers import Server, http, serving
from swaggers import SHOP, as_bytes, listing, shop, written

pytestmark = pytest.mark.anyio

IDS = range(1, 121)
NOTES = shop(paths={"/notes": {"get": listing("Note", "Query notes")}}, definitions={})
LOGIN = b"<!DOCTYPE html><title>Log in</title>"


@dataclass
class Slipped:
    """A row type with an attribute that invoices do not have."""

    id: int
    totl: str


@dataclass
class Fits:
    id: int


@pytest.fixture
def server():
    with Server(serving(IDS)) as server:
        yield server


@pytest.fixture(scope="module")
def description():
    return parse(as_bytes(SHOP))


async def begun(method, resource, question):
    """Ask by a method of either kind: one that answers, or one that yields."""
    answer = method(resource, **question)
    await (answer if asyncio.iscoroutine(answer) else anext(aiter(answer)))


MISFITS = [
    pytest.param({"params": {"stauts": "draft"}}, "the nearest is status", id="attribute"),
    pytest.param({"params": where(stauts="draft")}, "the nearest is status", id="condition"),
    pytest.param({"params": {"status": "aproved"}}, "the nearest is approved", id="enum"),
    pytest.param({"params": {"status[in]": ["draft", "hold"]}}, "'hold'", id="enum in a list"),
    pytest.param({"params": {"due-date[contains]": "1"}}, "not for a date", id="operator"),
    pytest.param({"params": {"order_by": "nummber"}}, "order_by: invoices has no", id="order"),
    pytest.param({"params": {"order_by": "id", "dir": "down"}}, "'dir' is never", id="direction"),
    pytest.param({"params": {"fields": '["totl"]'}}, "fields, totl: ", id="fields among params"),
    pytest.param({"fields": "id,supplier.nmae"}, "fields, supplier.nmae: ", id="fields"),
    pytest.param({"resource": "invoces"}, "the nearest is invoices", id="resource"),
]


@pytest.mark.parametrize(("asked", "words"), MISFITS)
@pytest.mark.parametrize("method", ["scan", "get", "iter_pages", "iter_items", "collect_items"])
async def test_what_does_not_fit_is_refused_and_nothing_is_sent(
    server, description, method, asked, words
):
    """A misspelt filter read the whole instance, or nothing, and looked like success."""
    question = {"resource": "invoices", **asked}
    resource = question.pop("resource")
    async with CoupaAsyncClient(**server.arguments(), description=description) as client:
        with pytest.raises(CoupaConfigError) as caught:
            await begun(getattr(client, method), resource, question)
    assert words in str(caught.value)
    assert 'on_misfit="warn"' in str(caught.value)
    assert server.seen == []


def test_a_type_with_an_attribute_that_is_not_there_is_refused_by_its_name(server, description):
    with CoupaClient(**server.arguments(), description=description) as client:
        with pytest.raises(CoupaConfigError, match=r"type Slipped, totl: .* the nearest is total"):
            client.scan("invoices", type=Slipped)
        assert server.seen == []
        assert len(client.scan("invoices", type=Fits).collect()) == len(IDS)


def test_what_fits_is_sent(drain, server, description):
    asked = (field("status") == "approved") & (field("supplier", "name").contains("A"))
    outcome = drain(
        server.arguments(description=description),
        "invoices",
        params=asked,
        fields="id,custom-fields.x",
    )
    assert (outcome.error, len(outcome.ids)) == (None, len(IDS))


def test_a_projection_among_params_passes_as_a_list_too(drain, server, description):
    """With a description, `{"fields": [...]}` was refused as a list for a filter."""
    for fields in (["id", {"supplier": ["name"]}], '["id"]'):
        arguments = server.arguments(description=description)
        outcome = drain(arguments, "invoices", params={"fields": fields})
        assert (outcome.error, len(outcome.ids)) == (None, len(IDS))


@pytest.mark.parametrize(
    "answer",
    [None, {"type": "array"}, {"type": "array", "items": {"$ref": "#/definitions/Elsewhere"}}],
    ids=["no schema", "no items", "defined elsewhere"],
)
def test_a_resource_whose_records_are_not_described_can_be_asked(drain, server, answer):
    """Every filter and field of it was refused: "invoices has nothing inside it"."""
    answers = {"200": {} if answer is None else {"schema": answer}}
    partial = {"swagger": "2.0", "paths": {"/invoices": {"get": {"responses": answers}}}}
    outcome = drain(
        server.arguments(description=partial),
        "invoices",
        params={"status": "new", "supplier[name]": "A"},
        fields="id,supplier.name",
    )
    assert (outcome.error, len(outcome.ids)) == (None, len(IDS))


def test_misfits_may_be_warned_of(server, description):
    arguments = server.arguments(description=description, on_misfit="warn")
    with CoupaClient(**arguments) as client:
        with pytest.warns(UserWarning, match="no attribute 'stauts'; the nearest is status"):
            rows = client.scan("invoices", {"stauts": "draft"}).collect()
        with pytest.warns(UserWarning, match="no attribute 'stauts'"):
            client.get("invoices/7", {"stauts": "draft"})
    assert len(rows) == len(IDS)


@pytest.mark.parametrize("client", [CoupaClient, CoupaAsyncClient])
def test_whatever_can_be_loaded_will_do(server, tmp_path, client):
    folder = written(tmp_path / "swagger", shop=SHOP, notes=NOTES)
    copy = keep(load(folder), tmp_path / "cache")
    for source in (folder, str(folder), SHOP, as_bytes(SHOP), [as_bytes(SHOP), NOTES], copy):
        made = client(**server.arguments(), description=source)
        with pytest.raises(CoupaConfigError, match="the nearest is status"):
            made.scan("invoices", {"stauts": 1})
        if client is CoupaClient:
            made.close()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"description": 5}, "description is 5"),
        ({"description": "nowhere.json"}, "nowhere.json"),
        ({"description": b"<html>"}, "HTML"),
        ({"on_misfit": "ignore"}, "on_misfit is 'ignore'"),
    ],
)
def test_what_is_no_description_is_refused_by_the_constructor(wrong, words):
    with pytest.raises(CoupaConfigError, match=words):
        CoupaClient(instance="x", client_id="id", client_secret="hush", **wrong)  # noqa: S106


def serving_docs(**documents):
    """Serve documents at their numbers, and 404 at the others."""
    answers = {f"/api_docs/{name[1:]}.json": answer for name, answer in documents.items()}

    def answer(seen):
        return answers.get(seen.path, http(404, b"<html>Not found</html>"))

    return answer


class TestTheInstancesOwn:
    async def test_what_is_there_is_merged_and_checks_the_next_client(self):
        docs = serving_docs(_0=http(200, SHOP), _34=http(200, NOTES))
        with Server(docs) as server:
            async with CoupaAsyncClient(**server.arguments()) as client:
                description = await client.describe()
            assert {"invoices", "notes"} <= description.resources.keys()
            asked = [seen for seen in server.seen if seen.path.startswith("/api_docs/")]
            assert {"/api_docs/0.json", "/api_docs/34.json"} <= {seen.path for seen in asked}
            assert len(asked) == 12
            assert {seen.token for seen in asked} == {"token-1"}
            async with CoupaAsyncClient(**server.arguments(), description=description) as client:
                with pytest.raises(CoupaConfigError, match="the nearest is text"):
                    client.scan("notes", {"txet": "a"})

    def test_places_may_be_named(self):
        with Server(serving_docs(_7=http(200, SHOP))) as server:
            with CoupaClient(**server.arguments()) as client:
                assert "invoices" in client.describe("/api_docs/7.json").resources
                with pytest.raises(CoupaNotFoundError, match=r"/api_docs/8\.json"):
                    client.describe("/api_docs/7.json", "/api_docs/8.json")
            assert len([seen for seen in server.seen if seen.path.startswith("/api_docs/")]) == 3

    @pytest.mark.parametrize(
        ("answer", "error", "words"),
        [
            (http(404, LOGIN), CoupaNotFoundError, "no description is there"),
            (http(200, LOGIN), CoupaShapeError, "HTML or XML, perhaps the page of a login"),
            (http(200, {"errors": "no"}), CoupaShapeError, "JSON of another kind"),
            (http(200, {"openapi": "3.0.0"}), CoupaShapeError, "of version 3.0.0"),
            (http(200, b""), CoupaShapeError, "is empty"),
            (http(302, location="/sessions/new"), CoupaAPIError, "redirects are not followed"),
            (http(403), CoupaAPIError, "403"),
            (http(500), CoupaServerError, "500"),
        ],
        ids=["404", "login", "other", "openapi", "empty", "redirect", "403", "500"],
    )
    def test_where_there_is_none_the_error_says_so_at_once(self, answer, error, words):
        with Server(lambda _: answer) as server:
            arguments = server.arguments(max_attempts=1)
            with CoupaClient(**arguments) as client, pytest.raises(error) as caught:
                client.describe()
        told = " ".join([str(caught.value), *getattr(caught.value, "__notes__", ())])
        assert words in told
        assert "token-1" not in told
        if error in (CoupaNotFoundError, CoupaShapeError):
            assert "give the file as description" in told

    def test_a_page_of_a_login_beside_descriptions_is_none_of_them(self):
        docs = serving_docs(_0=http(200, SHOP), _1=http(200, LOGIN), _2=http(403))
        with Server(docs) as server, CoupaClient(**server.arguments()) as client:
            assert "invoices" in client.describe().resources

    def test_a_server_in_trouble_is_no_answer_of_none(self):
        """A description without half its resources would refuse questions that are right."""
        docs = serving_docs(_0=http(200, SHOP), _1=http(503))
        with Server(docs) as server:
            arguments = server.arguments(max_attempts=1)
            with CoupaClient(**arguments) as client, pytest.raises(CoupaServerError):
                client.describe()

    @pytest.mark.parametrize(
        "path",
        [
            *("https://elsewhere.example/0.json", "//elsewhere.example/0.json", "0.json", ""),
            *("/../0.json", "/api_docs/\n0.json", ["/api_docs/0.json"], 0),
        ],
    )
    def test_the_token_stays_on_the_instance(self, path):
        with Server(serving_docs()) as server, CoupaClient(**server.arguments()) as client:
            with pytest.raises(CoupaConfigError, match="is no path on the instance"):
                client.describe(path)
            assert server.seen == []
