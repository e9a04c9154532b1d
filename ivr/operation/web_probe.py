"""Asks a web server of this hotline whether it answers."""

import asyncio
import contextlib

ANSWERS_WITHIN = 5.0
_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""Where to ask one that listens on every address."""


def reachable(host: str) -> str:
    """An address at which what listens on ``host`` is reached from this machine."""
    return _EVERY_ADDRESS.get(host, host)


def web_address(host: str, port: int) -> str:
    """``host:port`` as it is written in a URL, of what listens on ``host``."""
    host = reachable(host)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def answers(host: str, port: int) -> bool:
    """Whether an HTTP server there answers a request, whatever the answer is."""
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            reader, writer = await asyncio.open_connection(reachable(host), port)
            try:
                writer.write(f"HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                return (await reader.readline()).startswith(b"HTTP/")
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
    except (OSError, TimeoutError):
        return False
