"""Lets `python -m coupa_async_client.cli` stand in for the command `coupa`."""

import sys

from . import main

if __name__ == "__main__":
    sys.exit(main())
