"""Secrets in the system's keyring, by the library of that name; needs the extra `[keyring]`.

One is kept for each client of each host, so that none is ever sent to a host it was not kept for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from .errors import CoupaConfigError

SERVICE = "coupa-async-client"


def kept(account: str) -> str | None:
    """Return the secret of an account; None if there is none.

    Raises:
        CoupaConfigError: there is no keyring, or it does not open.
    """
    with _opened() as keyring:
        found: str | None = keyring.get_password(SERVICE, account)
    return found or None


def keep(account: str, secret: str) -> None:
    """Keep the secret of an account, in place of an older one.

    Raises:
        CoupaConfigError: there is no keyring, or it does not open.
    """
    with _opened() as keyring:
        keyring.set_password(SERVICE, account, secret)


def forget(account: str) -> bool:
    """Remove the secret of an account; tell whether there was one.

    Raises:
        CoupaConfigError: there is no keyring, or it does not open.
    """
    with _opened() as keyring:
        if keyring.get_password(SERVICE, account) is None:
            return False
        keyring.delete_password(SERVICE, account)
    return True


@contextmanager
def _opened() -> Iterator[ModuleType]:
    try:
        import keyring  # noqa: PLC0415  (needs the extra)
        from keyring.errors import KeyringLocked, NoKeyringError  # noqa: PLC0415
    except ModuleNotFoundError as error:
        msg = 'the system\'s keyring needs an extra: pip install "coupa-async-client[keyring]"'
        raise CoupaConfigError(msg) from error
    try:
        yield keyring
    except NoKeyringError as error:
        msg = "there is no keyring that Python's library knows; see `keyring diagnose`"
        raise CoupaConfigError(msg) from error
    except KeyringLocked as error:
        msg = "the system's keyring is locked; unlock it"
        raise CoupaConfigError(msg) from error
    except Exception as error:  # backends raise what their systems do
        msg = f"the system's keyring failed ({type(error).__name__}); see `keyring diagnose`"
        raise CoupaConfigError(msg) from error
