"""Every row of a Coupa resource, once each, at the speed limit, or an error that says why not."""

from .client import CoupaAsyncClient
from .errors import (
    CoupaAPIError,
    CoupaAuthError,
    CoupaBadRequestError,
    CoupaClientError,
    CoupaConfigError,
    CoupaConnectionError,
    CoupaForbiddenError,
    CoupaNotFoundError,
    CoupaRateLimitError,
    CoupaRowError,
    CoupaServerError,
    CoupaShapeError,
    CoupaTimeoutError,
    CoupaTransportError,
    IncompleteScanError,
)
from .instance_profile import InstanceProfile
from .query import Condition, Field, field, where
from .scan import Scan
from .sync_client import CoupaClient, SyncScan
from .types import JSONObject, Page, Response, ScanReceipt

__all__ = [
    "Condition",
    "CoupaAPIError",
    "CoupaAsyncClient",
    "CoupaAuthError",
    "CoupaBadRequestError",
    "CoupaClient",
    "CoupaClientError",
    "CoupaConfigError",
    "CoupaConnectionError",
    "CoupaForbiddenError",
    "CoupaNotFoundError",
    "CoupaRateLimitError",
    "CoupaRowError",
    "CoupaServerError",
    "CoupaShapeError",
    "CoupaTimeoutError",
    "CoupaTransportError",
    "Field",
    "IncompleteScanError",
    "InstanceProfile",
    "JSONObject",
    "Page",
    "Response",
    "Scan",
    "ScanReceipt",
    "SyncScan",
    "__version__",
    "field",
    "where",
]

__version__ = "1.0.0"
