"""The commands about named profiles: which there are, and their secrets in the system's keyring."""

import sys
from getpass import getpass
from typing import Annotated

import typer

from coupa_async_client import CoupaConfigError
from coupa_async_client.profiles import (
    Profile,
    config_file,
    find,
    forget_secret,
    keep_secret,
    profiles,
)

from . import options as o
from .failures import reported, say
from .profile_names import profile_names

app = typer.Typer()

NameArgument = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="The profile's.", autocompletion=profile_names, show_default=False
    ),
]
DeleteOption = Annotated[bool, typer.Option("--delete", help="Remove it from the keyring.")]


@app.callback(invoke_without_command=True, epilog="Example: coupa profiles secret prod")
def listing(context: typer.Context, *, debug: o.DebugOption = False) -> None:
    """List the profiles of the config file with their hosts, or keep the secret of one."""
    if context.invoked_subcommand is not None:
        return
    with reported(debug=debug):
        found = profiles()
        say(f"note: from {config_file()}")
        width = max(len(each.name) for each in found)
        sys.stdout.writelines(f"{each.name:<{width}}  {each.host}\n" for each in found)
        sys.stdout.flush()


@app.command(epilog="Example: coupa profiles secret prod < secret.txt")
def secret(
    name: NameArgument, *, delete: DeleteOption = False, debug: o.DebugOption = False
) -> None:
    """Keep the client secret of a profile in the system's keyring: prompted for, or a line of stdin."""
    with reported(debug=debug):
        profile = find(name)
        account = profile.account()
        if not delete:
            keep_secret(profile, _told(profile))
            say(f"note: the keyring has the secret of {account} now")
        elif forget_secret(profile):
            say(f"note: the keyring no longer has the secret of {account}")
        else:
            msg = f"the keyring has no secret of {account}; nothing was removed"
            raise CoupaConfigError(msg)


def _told(profile: Profile) -> str:
    """Ask for the secret without showing it, or read it where nobody can be asked."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    try:
        return getpass(f"Secret of {profile.name} ({profile.account()}): ")
    except EOFError:
        return ""
