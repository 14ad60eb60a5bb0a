"""Who draws on one rate limit together: here, the requests of one client.

What may leave when is left to `_limits`, waiting to the engine.
"""

from collections.abc import Callable
from typing import Protocol

from ._limits import Governor, Permit


class Budget(Protocol):
    """Leave to send, given to one request at a time."""

    async def reserve(self) -> Permit:
        """Book the next free moment."""
        ...

    async def refused(self, permit: Permit, wait: float) -> None:
        """Note a refusal, and that nobody is to send for `wait` seconds."""
        ...

    async def honours(self, permit: Permit) -> bool:
        """Tell whether a permit still stands; after a refusal it must be booked anew."""
        ...

    def free(self) -> int:
        """Count the requests that may leave at once, as far as is known here."""
        ...

    def outlook(self) -> tuple[Governor, float]:
        """Return a copy of what decides, as far as is known here, and the time on its clock."""
        ...

    async def aclose(self) -> None:
        """Let go of whatever is shared."""
        ...


class OwnBudget:
    """The budget of a client that shares it with nobody it knows of."""

    def __init__(self, governor: Governor, clock: Callable[[], float]) -> None:
        """Take what decides, and a steady clock."""
        self._governor = governor
        self._clock = clock

    async def reserve(self) -> Permit:
        """Book the next free moment."""
        return self._governor.reserve(self._clock())

    async def refused(self, permit: Permit, wait: float) -> None:
        """Note a refusal, and that nobody is to send for `wait` seconds."""
        self._governor.refused(self._clock(), permit, wait)

    async def honours(self, permit: Permit) -> bool:
        """Tell whether a permit still stands; after a refusal it must be booked anew."""
        return self._governor.honours(self._clock(), permit)

    def free(self) -> int:
        """Count the requests that may leave at once."""
        return self._governor.free(self._clock())

    def outlook(self) -> tuple[Governor, float]:
        """Return a copy of what decides, and the time on its clock."""
        return self._governor.copy(), self._clock()

    async def aclose(self) -> None:
        """Do nothing: nothing is shared."""
