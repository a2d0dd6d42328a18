"""Keys of an object store: from the environment, or from a Secret block of Prefect. Never from a file."""

from __future__ import annotations

import json
import os
from typing import Any, cast

BLOCK_VARIABLE = "GONGKAI_S3_BLOCK"
"""Names a Secret block that holds AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what else is needed."""


class NoCredentialsError(Exception):
    """Raised when the block that should hold the keys cannot be used; never shows what it holds."""


def read_credentials() -> None:
    """Put the values of the block named by GONGKAI_S3_BLOCK into this process's environment."""
    name = os.environ.get(BLOCK_VARIABLE)
    if not name:
        return
    from prefect.blocks.system import Secret

    try:
        values = cast("Secret[Any]", Secret.load(name)).get()
        known = json.loads(values) if isinstance(values, str) else dict(values)
    except (ValueError, TypeError) as error:
        raise NoCredentialsError(
            f"{BLOCK_VARIABLE}={name}：没有这个 Secret 块，或其内容不是 JSON 对象 there is no Secret block of this name "
            f"or it holds no JSON object: see docs/object-store.md"
        ) from error
    for variable, value in known.items():
        os.environ[variable] = str(value)
