# SPDX-License-Identifier: AGPL-3.0-only
"""Errors of asking an EVM node."""

from hashrate.core.errors import HashrateError, RetryableError


class RpcUnavailableError(RetryableError):
    """The EVM node does not answer, or answers with something that is no JSON-RPC."""


class RpcRefusedError(HashrateError):
    """The EVM node answered with an error; `reason` is the contract's, where there is one."""

    def __init__(self, message: str, reason: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason


class WrongChainError(HashrateError):
    """The EVM node is on another chain, or the contract is not the oracle that is configured."""
