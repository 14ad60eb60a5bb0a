"""The profile of an instance, from the file that `doctor` saved it to."""

import os
from pathlib import Path
from typing import Any

from .errors import CoupaConfigError
from .instance_profile import VERSION, InstanceProfile

_REMEDY = "give an InstanceProfile, or the file that coupa doctor --save wrote"


def known(profile: InstanceProfile | str | os.PathLike[str] | None) -> InstanceProfile | None:
    """Return what is known of the instance; a path names the JSON file it was saved to.

    Raises:
        CoupaConfigError: there is no such file, or it holds no profile of this version.
    """
    if profile is None or isinstance(profile, InstanceProfile):
        return profile
    if not isinstance(profile, str | os.PathLike):
        msg = f"profile is {profile!r}; {_REMEDY}"
        raise CoupaConfigError(msg)
    import msgspec  # noqa: PLC0415  (see _assembly.py)

    path, version, read = Path(profile), None, None
    try:
        said = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
        version = said.get("version")
        if version == VERSION:
            read = msgspec.convert(said, InstanceProfile)
    except OSError as error:
        msg = f"profile {path} cannot be read: {error.strerror}; {_REMEDY}"
        raise CoupaConfigError(msg) from error
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
        msg = f"profile {path} is none ({error}); {_REMEDY}"
        raise CoupaConfigError(msg) from error
    if read is None:
        found = "names no version" if version is None else f"is of version {version!r}"
        msg = f"profile {path} {found}, this library reads {VERSION}; run coupa doctor --save again"
        raise CoupaConfigError(msg)
    return read
