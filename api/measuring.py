"""Counts what the API is asked, and how long it takes; the outermost of its layers."""

import time
from collections.abc import Iterable

from fastapi import FastAPI
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import ALL
from summarizer.metrics import http
from summarizer.metrics.labels import OTHER


class Measured:
    """An ASGI app whose answers are counted by the template of their route, never by the path that was sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and note what came of it; what breaks before an answer began is a 500."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, received, sent = 500, 0, 0

        async def counted_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            return message

        async def counted_send(message: Message) -> None:
            nonlocal status, sent
            status = message.get("status", status)
            sent += len(message.get("body", b""))
            await send(message)

        started = time.perf_counter()
        http.IN_PROGRESS.inc()
        try:
            await self._app(scope, counted_receive, counted_send)
        finally:
            http.IN_PROGRESS.dec()
            http.count(
                route=getattr(scope.get("route"), "path", OTHER),
                method=scope["method"],
                status=status,
                seconds=time.perf_counter() - started,
                received_bytes=received,
                sent_bytes=sent,
            )


def install(app: FastAPI, *, routes: Iterable[BaseRoute]) -> None:
    """Count every answer of this app, by these routes."""
    http.expect(routes=[getattr(one, "path", OTHER) for one in routes], problems=ALL)
    app.add_middleware(Measured)
