"""Structured logging: one JSON object a line, ids only, never a word of a conversation."""

import logging
import os
import stat
import sys
import traceback
from typing import TextIO

import structlog

OURS = ("summarizer", "api", "workers", "training", "migrations")


class _NeverWaiting(logging.StreamHandler[TextIO]):
    """A line that cannot be written, since nobody reads the pipe or the disk is full, is dropped: the work goes on."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        try:
            if stat.S_ISFIFO(os.fstat(sys.stderr.fileno()).st_mode):
                os.set_blocking(sys.stderr.fileno(), False)
        except (OSError, ValueError):
            return  # no real file

    def handleError(self, record: logging.LogRecord) -> None:
        """What goes wrong with a line but not with its writing is still told."""
        if not isinstance(sys.exception(), OSError):
            super().handleError(record)


def configure(level: str) -> None:
    """Send our own events and every library's records to standard error as JSON lines.

    A library that debugs quotes what it carries, as headers that a receiver answers with: only we are as talkative as
    `level` says, libraries never more than INFO.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = _NeverWaiting()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _tell_place,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(logging.getLevelName(level), logging.INFO))
    for ours in OURS:
        logging.getLogger(ours).setLevel(level)
    logging.getLogger("httpx").setLevel(logging.WARNING)


def _tell_place(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """An exception's type and place; its message and variables may quote a conversation."""
    told = event.pop("exc_info", None)
    error = told[1] if isinstance(told, tuple) else told if isinstance(told, BaseException) else None
    if told is True:
        error = sys.exc_info()[1]
    if error is not None:
        frames = traceback.extract_tb(error.__traceback__)
        event["error"] = type(error).__name__
        event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


logger = structlog.stdlib.get_logger
