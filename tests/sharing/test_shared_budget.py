"""What goes wrong where a record is kept, and what a client makes of it: no scan is lost for it."""

import asyncio
import logging
from dataclasses import replace

import pytest

from coupa_async_client import CoupaConfigError
from coupa_async_client._limits import Governor
from coupa_async_client._record import Record, spelled, understood
from shelf import Shelf, leave, sharer
from virtual import EPOCH, run

READY = 13
"""Requests that leave at once where nobody has sent any: the burst, less the reserve."""

FILLING = (1 + 0.25 * 25) / 25
"""Seconds until the first may leave where the bucket is taken for empty."""


def warnings_of(caplog):
    return [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]


async def reserved(budget, count):
    return [(await budget.reserve()).wait for _ in range(count)]


def test_two_clients_book_out_of_one_bucket():
    async def main():
        shelf = Shelf()
        one, other = sharer(shelf), sharer(shelf)
        assert await reserved(one, 10) == [0.0] * 10
        assert await reserved(other, READY - 10) == [0.0] * (READY - 10)
        assert (await one.reserve()).wait == pytest.approx(0.01)
        assert one.free() == 0
        await one.aclose()
        assert not shelf.open

    run(main)


def test_a_refusal_is_known_to_all_at_once():
    async def main():
        shelf = Shelf()
        one, other = sharer(shelf), sharer(shelf)
        await reserved(one, READY)
        booked = await other.reserve()
        assert await other.honours(booked)
        await one.refused(await one.reserve(), 2.0)
        assert not await other.honours(booked)
        assert (await other.reserve()).wait == pytest.approx(2.0)

    run(main)


def test_who_comes_in_between_is_read_and_nothing_is_booked_twice():
    async def main():
        shelf = Shelf(latency=0.01)
        budgets = [sharer(shelf) for _ in range(6)]
        booked = await asyncio.gather(*(reserved(budget, 5) for budget in budgets))
        assert sum(wait == 0 for waits in booked for wait in waits) >= READY
        pace = understood(shelf.content, asyncio.get_running_loop().time()).pace
        assert pace.through == 30

    run(main)


def test_each_client_keeps_the_time_of_the_place_where_the_record_is():
    async def main():
        shelf = Shelf(ahead=1e9)
        loop = asyncio.get_running_loop()
        budgets = [sharer(shelf, clock=lambda ahead=a: loop.time() + ahead) for a in (0, -900, 50)]
        for _ in range(20):
            for budget in budgets:
                await leave(budget)
        passed = loop.time() - EPOCH
        assert passed == pytest.approx((60 - 20 + 0.25 * 25) / 25, abs=0.01)

    run(main)


@pytest.mark.parametrize("error", [ConnectionError("nobody listens"), OSError(13, "not yours")])
def test_where_it_cannot_be_had_at_the_start_nothing_is_sent(error):
    async def main():
        shelf = Shelf(fails=error)
        budget = sharer(shelf)
        for _ in range(2):
            with pytest.raises(CoupaConfigError, match="'nightly' cannot be used: no"):
                await budget.reserve()
        shelf.fails = None
        assert (await budget.reserve()).wait == 0.0

    run(main)


def test_where_nobody_answers_at_the_start_that_is_said_after_five_seconds():
    async def main():
        with pytest.raises(CoupaConfigError, match="cannot be used: it does not answer"):
            await sharer(Shelf(hangs=True)).reserve()
        assert asyncio.get_running_loop().time() - EPOCH == pytest.approx(5.0)

    run(main)


@pytest.mark.parametrize("how", ["fails", "hangs"])
def test_where_it_goes_away_the_client_goes_on_and_says_so_once(how, caplog):
    async def main():
        shelf, loop = Shelf(), asyncio.get_running_loop()
        budget = sharer(shelf)
        await leave(budget)
        setattr(shelf, how, ConnectionError("gone") if how == "fails" else True)
        for _ in range(20 * 25):
            await leave(budget)
        assert 19 < loop.time() - EPOCH < 23  # an attempt takes a second, in which the bucket fills
        assert len(warnings_of(caplog)) == 1
        assert "'nightly' is not shared for now: " in warnings_of(caplog)[0]
        assert shelf.swaps < 2 * READY + 10  # every five seconds

    run(main)


def test_where_it_comes_back_it_is_shared_again_with_an_empty_bucket(caplog):
    """The record was as old as the outage, so its bucket was full, and a burst was refused."""
    caplog.set_level(logging.INFO)

    async def main():
        shelf = Shelf()
        budget, other = sharer(shelf), sharer(shelf)
        await leave(budget)
        await leave(other)
        shelf.fails = ConnectionError("gone")
        for _ in range(100):
            await leave(budget)
        shelf.fails = None
        await asyncio.sleep(5)
        permit = await budget.reserve()
        assert permit.wait == pytest.approx(FILLING)
        assert (await other.reserve()).wait == pytest.approx(FILLING + 1 / 25)
        assert caplog.messages[-1] == "budget 'nightly' is shared again"

    run(main)


def test_somebody_else_at_it_for_a_moment_is_waited_for(caplog):
    async def main():
        shelf = Shelf(busy=3)
        assert (await sharer(shelf).reserve()).wait == 0.0
        assert shelf.swaps == 5
        assert not warnings_of(caplog)

    run(main)


@pytest.mark.parametrize("after", [0, 1])
def test_somebody_who_never_lets_go_holds_up_nobody_for_good(after, caplog):
    """A process was stopped while it had the lock, and every other one waited for it."""

    async def main():
        shelf, loop = Shelf(), asyncio.get_running_loop()
        budget = sharer(shelf)
        await reserved(budget, after)
        shelf.busy = 1_000_000
        for _ in range(100):
            await leave(budget)
        assert loop.time() - EPOCH < 5.0 + 4.0
        assert len(warnings_of(caplog)) == 1

    run(main)


def test_a_place_that_never_keeps_what_is_put_there_is_given_up(caplog):
    class Forgetful(Shelf):
        async def swap(self, held, wanted):
            self.content += b"?"
            return await super().swap(held, wanted)

    async def main():
        assert (await sharer(Forgetful()).reserve()).wait == pytest.approx(FILLING, abs=0.05)
        assert "others were faster every time" in warnings_of(caplog)[0]

    run(main)


@pytest.mark.parametrize("content", [b"", b"coupa", b"\0" * 200, bytes(range(256))])
def test_a_record_that_got_lost_or_damaged_is_taken_for_an_empty_bucket(content):
    """Redis was started again while 20 clients sent, and each of them found a full bucket."""

    async def main():
        shelf = Shelf()
        budget, newcomer = sharer(shelf), sharer(shelf)
        await reserved(budget, 3)
        shelf.content = content
        assert (await budget.reserve()).wait == pytest.approx(FILLING)
        assert (await newcomer.reserve()).wait == pytest.approx(FILLING + 1 / 25)

    run(main)


@pytest.mark.parametrize(
    ("content", "wait"), [(b"", 0.0), (b"\0" * 200, FILLING), (bytes(200), FILLING)]
)
def test_what_is_found_at_the_start(content, wait):
    async def main():
        assert (await sharer(Shelf(content)).reserve()).wait == pytest.approx(wait)

    run(main)


def test_other_figures_than_those_in_use_are_refused_and_both_are_named():
    async def main():
        shelf = Shelf()
        budget, other = sharer(shelf), sharer(shelf, rate=10.0, burst=5)
        await budget.reserve()
        kept = shelf.content
        with pytest.raises(CoupaConfigError) as caught:
            await other.reserve()
        for words in ("'nightly'", "rate=25 and burst=20", "rate=10 and burst=5"):
            assert words in str(caught.value)
        assert shelf.content == kept
        await asyncio.sleep(61)
        assert (await other.reserve()).wait == 0.0
        with pytest.raises(CoupaConfigError, match="in use with rate=10 and burst=5, this client"):
            await budget.reserve()

    run(main)


def test_a_record_with_a_pause_from_another_clock_holds_nobody_up():
    async def main():
        loop = asyncio.get_running_loop()
        pace = replace(Governor(25.0, 20).fresh(), at=loop.time(), paused=loop.time() + 1e6)
        budget = sharer(Shelf(spelled(Record(25.0, 20.0, pace))))
        assert (await budget.reserve()).wait == pytest.approx(FILLING)

    run(main)


def test_a_client_that_is_cancelled_while_it_books_leaves_the_budget_usable():
    async def main():
        shelf = Shelf(latency=0.5)
        budget = sharer(shelf)
        for delay in (0.1, 0.3, 0.6, 0.9, 1.2):
            task = asyncio.create_task(budget.reserve())
            await asyncio.sleep(delay)
            task.cancel()
        assert (await budget.reserve()).wait == 0.0

    run(main)


def test_what_is_foreseen_takes_in_what_others_booked_and_books_nothing():
    async def main():
        shelf = Shelf()
        one, other = sharer(shelf), sharer(shelf)
        await reserved(other, READY - 3)
        await reserved(one, 1)
        governor, now = one.outlook()
        assert governor.free(now) == one.free() == 2
        for _ in range(10):
            governor.reserve(now)
        assert one.free() == 2

    run(main)
