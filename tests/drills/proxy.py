"""The way to a storage server, which can be cut or made slow: `python -m tests.drills.proxy PORT TARGET DELAY BYTES`.

DELAY: seconds before each answer begins; BYTES: how many a second an answer may have, 0 for no limit.
"""

from __future__ import annotations

import asyncio
import sys

_PIECE = 1 << 16


async def _pass_on(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, delay: float, most: int
) -> None:
    try:
        while piece := await source.read(_PIECE):
            await asyncio.sleep(delay + (len(piece) / most if most else 0))
            sink.write(piece)
            await sink.drain()
    except ConnectionError:
        pass
    finally:
        sink.close()


async def serve(port: int, target: int, delay: float, most: int) -> None:
    """Pass connections on until killed."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(_pass_on(reader, back, 0, 0), _pass_on(there, writer, delay, most))

    server = await asyncio.start_server(connected, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
