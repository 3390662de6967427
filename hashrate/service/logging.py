# SPDX-License-Identifier: AGPL-3.0-only
"""Logs: one JSON object a line, on stderr, without secrets."""

import logging
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any, TextIO

import structlog

_MIN_SECRET = 4  # shorter ones would blot out ordinary words
_MASK = "***"


class Redactor:
    """Blots out known secrets wherever they turn up; a second line behind never logging them."""

    def __init__(self) -> None:
        self._secrets: list[str] = []

    def learn(self, secrets: Iterable[str]) -> None:
        """Remember secrets to blot out."""
        self._secrets += [secret for secret in secrets if len(secret) >= _MIN_SECRET]

    def __call__(
        self, _logger: object, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Blot out secrets in an event's texts."""
        for name, value in event.items():
            if isinstance(value, str):
                event[name] = self.cleaned(value)
        return event

    def cleaned(self, text: str) -> str:
        """Blot out secrets in a text."""
        for secret in self._secrets:
            text = text.replace(secret, _MASK)
        return text


def configure_logging(level: str, redactor: Redactor, stream: TextIO | None = None) -> None:
    """Send every log, of this package and of libraries, through one JSON formatter."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redactor,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            redactor,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # Some of these write whole addresses, which may hold a provider's key.
    for name in ("httpx2", "httpcore2", "urllib3", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.WARNING)
