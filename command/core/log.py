"""Structured logs that never show a phone number (I10)."""

import contextlib
import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

_NUMBER = re.compile(r"(?<![\w-])(?<!\d\.)(\+\d{1,3}|0086)?(\d{3})\d{4,8}(\d{4})(?![\w-]|\.\d)", re.ASCII)
"""Digits inside a word, an id or a decimal are none; Chinese text beside them is no reason to leave them."""


def mask(number: str) -> str:
    """138****1234: the first three and last four digits of the national number."""
    digits = number.removeprefix("+86").removeprefix("+")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else "****"


def redact(text: str) -> str:
    """Mask whatever looks like a phone number of eleven digits or more."""
    return _NUMBER.sub(lambda found: f"{found[2]}****{found[3]}", text)


_WRITTEN = re.compile(r"(?<!\d)(?:(?:\+|00)\d{1,3}[ -]?)?1[2-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)", re.ASCII)
"""A mobile number as people write it, in one piece or in groups; other figures of a text stay."""


def masked_words(text: str) -> str:
    """What somebody wrote, as a page or an answer may show it: phone numbers in it are masked (I10). What is stored stays whole."""
    return _WRITTEN.sub(lambda found: mask("".join(filter(str.isdigit, found[0]))[-11:]), text)


def _redact_event(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if key not in ("timestamp", "trace"):
            event[key] = _redacted(value)
    return event


def _redacted(value: Any) -> Any:
    """A value of a log line, masked however deep the number lies."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {_redacted(key): _redacted(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float) else redact(str(value))


class _Redacting(logging.Formatter):
    """What libraries log, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class _Lines:
    """Where lines go: to a stream, and once that was closed to standard error as it is then. What cannot be written is lost: a full disk or
    a pipe nobody reads stops no message and no page."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError, ValueError):
            self._open.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._open.flush()

    @property
    def _open(self) -> TextIO:
        return sys.stderr if self._stream.closed else self._stream


def configure(log_format: str = "console", level: int = logging.INFO) -> None:
    """Set up structlog and the standard loggers of libraries, all redacted, to standard error."""
    renderer: Any = (
        structlog.processors.JSONRenderer() if log_format == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _redact_event,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Lines(sys.stderr))),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("twilio").setLevel(logging.CRITICAL)
    for name in ("geventwebsocket", "apscheduler"):
        logging.getLogger(name).setLevel(logging.ERROR)
