"""Several rounds in which contestants take turns, so that a noisy minute hits all of them alike."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

Label = TypeVar("Label", bound=str | tuple[str, int])
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rounds:
    """How many rounds, how large, and whom to tell of progress."""

    count: int
    quick: bool
    tell: Callable[[str], object]

    def cut(self, size: int, quick: int) -> int:
        """Return a size, or the one for a quick look."""
        return quick if self.quick else size

    def fewer(self, count: int) -> "Rounds":
        """Return at most so many rounds, for what takes long and varies little."""
        return Rounds(min(count, self.count), self.quick, self.tell)

    def of(
        self, contestants: Mapping[Label, Callable[[int], T]], *, name: str, at_once: int = 1
    ) -> dict[Label, list[T]]:
        """Let every contestant run once a round, told its number; return what each brought, in order.

        `at_once` is for those that wait for the server nearly all the time.
        """
        came: dict[Label, list[T]] = {label: [] for label in contestants}
        turns = [(number, label) for number in range(self.count) for label in contestants]
        with ThreadPoolExecutor(at_once) as pool:
            futures = [pool.submit(contestants[label], number) for number, label in turns]
            try:
                for turn, ((_, label), future) in enumerate(zip(turns, futures, strict=True), 1):
                    came[label].append(future.result())
                    words = label if isinstance(label, str) else f"{label[0]}, {label[1]:,} rows"
                    self.tell(f"{name}: {words} ({turn} of {len(turns)})")
            finally:
                pool.shutdown(cancel_futures=True)
        return came
