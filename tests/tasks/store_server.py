"""An S3-compatible server on loopback for tests, with a bucket of its own and an environment that leads to it."""

from __future__ import annotations

import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.object_paths import ObjectPath

VARIABLES = {
    "AWS_ACCESS_KEY_ID": "test-key",
    "AWS_SECRET_ACCESS_KEY": "test-secret-5f0c",
    "AWS_REGION": "us-east-1",
}


@contextmanager
def store_server(spool: Path) -> Iterator[str]:
    """The address of the server; `new_bucket` makes room on it."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    before = dict(os.environ)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        address = f"http://{host}:{port}"
        os.environ.update(VARIABLES)
        os.environ.update({"GONGKAI_S3_ENDPOINT": address, "GONGKAI_SPOOL": str(spool)})
        yield address
    finally:
        server.stop()
        os.environ.clear()
        os.environ.update(before)


def new_bucket(address: str) -> ObjectPath:
    """A place in a bucket nobody has used."""
    import urllib.request

    name = f"lake-{uuid.uuid4().hex[:12]}"
    urllib.request.urlopen(urllib.request.Request(f"{address}/{name}", method="PUT")).close()
    return ObjectPath.of(f"s3://{name}/open/lake")
