"""Drain with dlt's declarative REST source: offset pages of 50; runs in its own virtual environment.

The rows are taken from the resource itself, before any destination.
"""

import os

from dlt.sources.rest_api import rest_api_resources
from telling import Teller

CONFIG = {
    "client": {
        "base_url": os.environ["BASE_URL"],
        "auth": {
            "type": "oauth2_client_credentials",
            "access_token_url": os.environ["TOKEN_URL"],
            "client_id": "id",
            "client_secret": "the-secret",
        },
    },
    "resources": [
        {
            "name": "invoices",
            "endpoint": {
                "path": "invoices",
                "params": {"exported": "false"},
                "paginator": {
                    "type": "offset",
                    "limit": 50,
                    "total_path": None,
                    "stop_after_empty_page": True,
                },
            },
        },
    ],
}

Teller().rows(rest_api_resources(CONFIG)[0])
