"""A budget in a real Redis: shared, on its clock, and survived when it goes away."""

import asyncio
import logging
import time
from urllib.parse import quote

import pytest

from coupa_async_client import CoupaConfigError
from coupa_async_client._budgets import budget_for
from coupa_async_client._record import understood
from coupa_async_client._settings import settings
from redis_server import PASSWORD, RedisServer

redis_client = pytest.importorskip("redis.asyncio", reason="the extra [redis] is not installed")

READY = 13
FILLING = (1 + 0.25 * 25) / 25


@pytest.fixture
def redis(tmp_path):
    with RedisServer(tmp_path) as server:
        yield server


@pytest.fixture
async def named(redis):
    """Make budgets as clients do; `ahead` is how much a host's clock is."""
    made = []

    def name(query="?budget=nightly", *, url=None, instance="acme", ahead=0.0):
        checked = settings(
            instance=instance,
            client_id="id",
            client_secret=PASSWORD,
            budget=(url or redis.url) + query,
        )
        made.append(budget_for(checked, lambda: time.monotonic() + ahead))
        return made[-1]

    yield name
    for budget in made:
        await budget.aclose()


@pytest.fixture
async def look(redis):
    async with redis_client.Redis.from_url(redis.url) as client:
        yield client


async def reserved(budget, count):
    return [(await budget.reserve()).wait for _ in range(count)]


async def test_hosts_whose_clocks_differ_draw_on_one_bucket(named):
    one, other = named(ahead=-1e6), named(ahead=3600.0)
    started = time.monotonic()
    assert await reserved(one, 7) == [0.0] * 7
    assert await reserved(other, READY - 7) == [0.0] * (READY - 7)
    await reserved(one, 50)
    waits = await reserved(other, 50)
    assert waits[-1] == pytest.approx(100 / 25 - (time.monotonic() - started), abs=0.2)


async def test_a_refusal_is_known_on_every_host(named):
    one, other = named(), named()
    booked = await other.reserve()
    await one.refused(await one.reserve(), 9.0)
    assert not await other.honours(booked)
    assert (await other.reserve()).wait == pytest.approx(9.0, abs=0.5)


async def test_without_a_name_the_budget_is_the_instances(named, look):
    await named("").reserve()
    await named("", instance="other").reserve()
    await named("?budget=nightly").reserve()
    assert sorted(await look.keys()) == [
        b"coupa-async-client:budget:acme.coupahost.com",
        b"coupa-async-client:budget:nightly",
        b"coupa-async-client:budget:other.coupahost.com",
    ]


async def test_redis_forgets_a_budget_ten_minutes_after_its_last_use(named, look):
    budget = named()
    await budget.reserve()
    key = b"coupa-async-client:budget:nightly"
    assert 590_000 < await look.pttl(key) <= 600_000
    await look.pexpire(key, 1000)
    await budget.reserve()
    assert await look.pttl(key) > 590_000
    assert understood(await look.get(key), time.time()).rate == 25.0


async def test_a_looker_on_changes_nothing(named, look):
    budget = named()
    permit = await budget.reserve()
    kept = await look.get("coupa-async-client:budget:nightly")
    assert await budget.honours(permit)
    assert await look.get("coupa-async-client:budget:nightly") == kept


async def test_redis_started_again_is_an_empty_bucket_not_a_full_one(named, redis, caplog):
    budget, other = named(), named()
    await budget.reserve()
    await other.reserve()
    redis.stop()
    assert (await budget.reserve()).wait == 0.0
    redis.start()
    assert (await other.reserve()).wait == pytest.approx(FILLING, abs=1e-3)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "budget 'redis://127.0.0.1:" in caplog.text


async def test_a_frozen_redis_holds_up_a_client_for_a_second_at_most(named, redis, caplog):
    budget = named()
    await budget.reserve()
    redis.freeze()
    started = time.monotonic()
    assert len(await reserved(budget, 5)) == 5
    assert time.monotonic() - started < 3
    redis.thaw()
    assert "does not answer" in caplog.text


async def test_a_connection_that_redis_closed_is_made_anew_without_a_word(named, look, caplog):
    budget = named()
    await budget.reserve()
    await look.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    await budget.reserve()
    assert not caplog.records


async def test_scripts_that_redis_forgot_are_sent_again(named, look):
    budget = named()
    await budget.reserve()
    await look.script_flush()
    assert await reserved(budget, READY - 1) == [0.0] * (READY - 1)


async def test_a_value_that_is_no_record_is_an_empty_bucket(named, look):
    await look.set("coupa-async-client:budget:nightly", b"nonsense")
    assert (await named().reserve()).wait == pytest.approx(FILLING, abs=1e-3)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("down", "cannot be used: .*[Cc]onnect"),
        ("password", "cannot be used: invalid username-password pair"),
        ("taken", "cannot be used: .*wrong kind of value"),
        ("database", "cannot be used: .*DB index"),
    ],
)
async def test_what_is_wrong_at_the_start_is_said_without_the_password(
    wrong, words, named, redis, look
):
    url = redis.url
    if wrong == "password":
        url = url.replace(PASSWORD, quote("the-secret/2?", safe=""))
    elif wrong == "database":
        url = url.removesuffix("0") + "999"
    elif wrong == "taken":
        await look.rpush("coupa-async-client:budget:nightly", "a list")
    else:
        redis.stop()
    budget = named(url=url)
    with pytest.raises(CoupaConfigError, match=words) as caught:
        await budget.reserve()
    assert "budget 'redis://127.0.0.1:" in str(caught.value)
    for error in (caught.value, caught.value.__cause__, caught.value.__cause__.__cause__):
        assert "secret" not in repr(error)


async def test_a_client_that_is_closed_leaves_no_connection(redis, look):
    checked = settings(instance="a", client_id="i", client_secret="s", budget=redis.url)  # noqa: S106
    budget = budget_for(checked)
    before = len(await look.client_list())
    await budget.reserve()
    assert len(await look.client_list()) == before + 1
    await budget.aclose()
    for _ in range(100):
        if len(await look.client_list()) == before:
            break
        await asyncio.sleep(0.01)
    assert len(await look.client_list()) == before
