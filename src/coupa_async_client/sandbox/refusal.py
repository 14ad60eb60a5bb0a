"""The sandbox's way of saying no, before it is written as JSON or XML."""


class RefusalError(Exception):
    """A request that is answered with `status` and `errors: {key: [message]}` (doc 0011)."""

    def __init__(self, status: int, key: str, message: str) -> None:
        """Keep what the answer needs."""
        super().__init__(message)
        self.status = status
        self.key = key
        self.message = message


def bad_query(message: str) -> RefusalError:
    """Return the 400 that a malformed query gets (doc 0014: the text says what is wrong)."""
    return RefusalError(400, "query", message)
