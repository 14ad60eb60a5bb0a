"""Drain with dlt's declarative REST source: offset pages of 50; runs in its own virtual environment.

The rows are taken from the resource itself, before any destination.
"""

from dlt.sources.rest_api import rest_api_resources
from task import Task, measured, told


def resource_of(task: Task, name: str) -> object:
    """Declare the source and return its one resource."""
    auth = {
        "type": "oauth2_client_credentials",
        "access_token_url": task.token_url,
        "client_id": "id",
        "client_secret": "the-secret",
    }
    paginator = {
        "type": "offset",
        "limit": 50,
        "total_path": None,
        "stop_after_empty_page": True,
    }
    endpoint = {"path": name, "paginator": paginator}
    config = {
        "client": {"base_url": task.base_url, "auth": auth},
        "resources": [{"name": name, "endpoint": endpoint}],
    }
    return rest_api_resources(config)[0]


if __name__ == "__main__":
    given = told()
    measured(given, lambda name: given.consume(resource_of(given, name)))
