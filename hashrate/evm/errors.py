# SPDX-License-Identifier: AGPL-3.0-only
"""Errors of asking an EVM node."""

from hashrate.core.errors import HashrateError, RetryableError


class RpcUnavailableError(RetryableError):
    """The EVM node does not answer, or answers with something that is no JSON-RPC."""


class NodeRefusedError(RpcUnavailableError):
    """The EVM node would not answer a call: a limit on requests, no state of that block, its own
    fault. No contract said anything."""


class RpcRefusedError(HashrateError):
    """The EVM node answered with an error; `reason` is the contract's, where there is one.

    `is_revert` tells whether a contract refused; all else is the node's own and may pass.
    """

    def __init__(
        self, message: str, reason: str | None = None, *, is_revert: bool | None = None
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.is_revert = reason is not None if is_revert is None else is_revert


class WrongChainError(HashrateError):
    """The EVM node is on another chain, or the contract is not the oracle that is configured."""


class LocalNodeError(HashrateError):
    """The local EVM node is not installed, does not start, or is not what is needed."""
