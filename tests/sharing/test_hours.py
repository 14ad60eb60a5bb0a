"""Hours of processes that share one budget, in virtual time: none is refused for what another sent."""

import asyncio
import random

import pytest

from shelf import Door, Process, Shelf, sharer
from virtual import Bucket, run

RATE, BURST = 25, 20
HOUR = 3600
ARRIVALS = 120


def processes(shelf, door, count, **options):
    return [Process(sharer(shelf, **options), door, f"{i}") for i in range(count)]


async def end(running):
    for process in running:
        await process.killed()


@pytest.mark.parametrize("latency", [0.0, 0.001, 0.02])
@pytest.mark.parametrize("count", [1, 4, 20])
def test_however_many_share_it_the_sum_is_the_rate_and_nothing_is_refused(count, latency):
    async def main():
        door = Door()
        running = processes(Shelf(latency=latency), door, count)
        await asyncio.sleep(120)
        await end(running)
        return door

    door = run(main)
    assert door.refused == []
    assert door.count("", 20, 120) == pytest.approx(100 * RATE, rel=0.002)


@pytest.mark.timeout(90)
def test_an_hour_of_processes_that_come_and_are_killed_without_a_single_429():
    rate = 5.0

    async def main():
        chance, shelf, door = random.Random(5), Shelf(), Door(Bucket(rate))
        running = processes(shelf, door, 3, rate=rate)
        for number in range(ARRIVALS):
            await asyncio.sleep(chance.uniform(0, 60))
            running.append(Process(sharer(shelf, rate), door, f"later {number}"))
            if len(running) > 3 + number % 5:
                await running.pop(chance.randrange(len(running))).killed()
        await end(running)
        return door

    door = run(main)
    assert door.refused == []
    seconds = door.came[-1][0]
    assert seconds > 0.9 * HOUR
    assert seconds * rate - ARRIVALS <= len(door.came) <= seconds * rate + BURST  # one lost a kill


def test_who_comes_later_gets_the_same_share():
    async def main():
        shelf, door, running = Shelf(), Door(), []
        for number in range(4):
            running.append(Process(sharer(shelf), door, f"{number}"))
            await asyncio.sleep(3)
        await asyncio.sleep(60)
        await end(running)
        return door

    door = run(main)
    for number in range(4):
        assert door.count(f"{number}", 12, 72) == pytest.approx(60 * RATE / 4, rel=0.01)


def test_the_share_of_a_process_that_was_killed_is_taken_over_at_once():
    async def main():
        door = Door()
        running = processes(Shelf(), door, 4)
        await asyncio.sleep(10)
        await running.pop().killed()
        await asyncio.sleep(10)
        await end(running)
        return door

    door = run(main)
    assert door.count("3", 5, 10) > 25
    assert door.count("3", 10.1, 20) == 0
    for second in range(10, 20):
        assert door.count("", second, second + 1) >= RATE - 3


@pytest.mark.parametrize("count", [1, 4, 20])
def test_all_of_them_together_make_room_for_a_neighbour(count):
    """20 processes had a request booked each; what was booked was taken for what had got through."""

    async def main():
        door = Door()
        running = processes(Shelf(), door, count)
        for _ in range(300 * 10):
            await asyncio.sleep(0.1)
            door.bucket.delay(asyncio.get_running_loop().time())
        await end(running)
        return door

    door = run(main)
    assert len(door.refused) < 0.003 * len(door.came)
    assert len(door.came) - len(door.refused) >= 0.95 * 300 * (RATE - 10)


def test_a_pause_that_one_of_them_was_told_holds_all_of_them():
    async def main():
        door = Door(closed_until=10.0, retry_after=5.0)
        running = processes(Shelf(), door, 4)
        await asyncio.sleep(30)
        await end(running)
        return door

    door = run(main)
    first = door.refused[0]
    assert door.count("", first + 0.3, first + 5.0) == 0
    assert len(door.refused) <= BURST + 4 * 4  # a burst, and then a few after each pause
    assert door.count("", 20, 30) >= 5 * RATE


def test_after_the_host_was_started_again_the_old_record_holds_nobody_up():
    """Uptime began anew, and the record said that the next request might leave in eleven days."""

    async def main():
        shelf, door = Shelf(), Door()
        await asyncio.sleep(HOUR)
        before = processes(shelf, door, 4)
        await asyncio.sleep(60)
        await end(before)
        booted = asyncio.get_running_loop().time()
        shelf.ahead = -booted

        def clock():
            return asyncio.get_running_loop().time() - booted

        after = processes(shelf, door, 4, clock=clock)
        for process in after:
            process.name = "anew"
        await asyncio.sleep(10)
        await end(after)
        return door

    door = run(main)
    assert door.refused == []
    assert door.count("anew", HOUR + 60, HOUR + 70) >= 10 * RATE - 10
