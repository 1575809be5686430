"""A TCP proxy between the service and its servers, which passes everything on until it is told to do otherwise."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

CHUNK_BYTES = 65_536
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
Result = TypeVar("Result")


class Proxy:
    """Listens on a port of its own; all methods may be called from any thread."""

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.port = 0
        self.delay_seconds = 0.0  #: before each piece is passed on
        self.slice_bytes = CHUNK_BYTES  #: no piece is longer
        self.drops_answers = False  #: what the server says is taken and thrown away
        self._budget: int | None = None  #: bytes that may still pass before every connection is reset
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._flows = asyncio.Event()
        self._flows.set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self.up()

    def up(self) -> None:
        """Take connections, on the same port as before."""
        if self._server is None:
            self._run(self._listen())

    def down(self) -> None:
        """Refuse connections and reset those there are."""
        self._run(self._stop_listening())
        self.reset()

    def reset(self) -> None:
        """Reset every connection."""
        self._run(self._reset())

    def stall(self) -> None:
        """Pass nothing on any more and say nothing of it: a black hole."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def cut_after(self, num_bytes: int) -> None:
        """Reset every connection once so many bytes more have come from clients."""
        self._budget = num_bytes

    def heal(self) -> None:
        """Pass everything on again."""
        self.delay_seconds, self.slice_bytes, self._budget, self.drops_answers = 0.0, CHUNK_BYTES, None, False
        self._loop.call_soon_threadsafe(self._flows.set)
        self.up()

    def close(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._flows.set)
        self.down()
        self._run(self._settle())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, what: Coroutine[Any, Any, Result]) -> Result:
        done: Future[Result] = asyncio.run_coroutine_threadsafe(what, self._loop)
        return done.result(timeout=10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _reset(self) -> None:
        for writer in list(self._writers):
            made: socket.socket = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            writer.transport.abort()

    async def _settle(self) -> None:
        """Until nobody passes anything on any more."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._flows.wait()
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            self._forget(writer)
            return
        self._writers.add(server_writer)
        pumps = self._pump(reader, server_writer, is_asking=True), self._pump(server_reader, writer, is_asking=False)
        await asyncio.gather(*pumps, return_exceptions=True)
        self._forget(writer, server_writer)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_asking: bool) -> None:
        try:
            while data := await reader.read(CHUNK_BYTES):
                await self._pass(data, writer, is_asking=is_asking)
        finally:
            writer.close()

    async def _pass(self, data: bytes, writer: asyncio.StreamWriter, *, is_asking: bool) -> None:
        for start in range(0, len(data), self.slice_bytes):
            piece = data[start : start + self.slice_bytes]
            await self._flows.wait()
            if self.delay_seconds:
                await asyncio.sleep(self.delay_seconds)
            if is_asking and self._is_spent(len(piece)):
                await self._reset()
                return
            if is_asking or not self.drops_answers:
                writer.write(piece)
                await writer.drain()

    def _is_spent(self, num_bytes: int) -> bool:
        if self._budget is None:
            return False
        self._budget -= num_bytes
        if self._budget > 0:
            return False
        self._budget = None
        return True

    def _forget(self, *writers: asyncio.StreamWriter) -> None:
        for writer in writers:
            self._writers.discard(writer)
            writer.close()
