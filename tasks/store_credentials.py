"""Keys of an object store: from the environment, or from a Secret block of Prefect. Never from a file."""

from __future__ import annotations

import json
import os
from typing import Any, cast

BLOCK_VARIABLE = "GONGKAI_S3_BLOCK"
"""Names a Secret block that holds AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what else is needed."""


def read_credentials() -> None:
    """Put the values of the block named by GONGKAI_S3_BLOCK into this process's environment."""
    name = os.environ.get(BLOCK_VARIABLE)
    if not name:
        return
    from prefect.blocks.system import Secret

    block = cast("Secret[Any]", Secret.load(name))
    values = block.get()
    for variable, value in (json.loads(values) if isinstance(values, str) else values).items():
        os.environ[variable] = str(value)
