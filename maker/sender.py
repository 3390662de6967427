# SPDX-License-Identifier: AGPL-3.0-only
"""The transactions a maker sends: cancellations and redemptions. Sent twice they do no harm."""

from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress

from hashrate.evm.errors import RpcRefusedError
from hashrate.evm.fees import Bid, FeePolicy, bid_now, raised
from hashrate.evm.rpc import EvmRpc, number_from_hex
from hashrate.service.clock import Clock
from maker.errors import SendError

_POLL_SECONDS = 1.0
_KEPT = 2  # cancellations of a book at the highest price that the account always can pay


class Sender:
    """Sends one transaction at a time from an account that nobody else sends from."""

    def __init__(
        self,
        rpc: EvmRpc,
        account: LocalAccount,
        books: int,
        fees: FeePolicy,
        gas: int,
        wait_seconds: int,
        clock: Clock,
    ) -> None:
        """Wire it; nothing is sent.

        Args:
            rpc: the node.
            account: pays.
            books: on how many it has orders.
            fees: limits on the price of gas.
            gas: limit of one transaction.
            wait_seconds: for it to be mined [s].
            clock: waits.
        """
        self._rpc = rpc
        self._account = account
        self._books = books
        self._fees = fees
        self._gas = gas
        self._wait_seconds = wait_seconds
        self._clock = clock
        self._last: tuple[int, Bid] | None = None

    @property
    def reserve(self) -> int:
        """Return what the account needs so that it can always cancel [wei]."""
        return _KEPT * self._books * self._gas * self._fees.cap_wei

    def can_spare(self, gas: int) -> bool:
        """Return whether another transaction leaves the reserve, whatever gas costs."""
        return self.balance() >= self.reserve + gas * self._fees.cap_wei

    def balance(self) -> int:
        """Return what the account has [wei]."""
        return self._rpc.balance(self._account.address)

    def send(self, to: ChecksumAddress, data: str, gas: int | None = None) -> str:
        """Send a call and wait until it is mined; return its hash.

        What waits from an earlier try is outbid at the same nonce.

        Args:
            to: contract.
            data: the call.
            gas: its limit; that of a cancellation if not given.

        Raises:
            FeeTooHighError: gas costs more than the cap.
            SendError: it was refused, failed, or was not mined in time.
            RpcUnavailableError: no answer.
        """
        nonce = self._rpc.nonce(self._account.address)
        bid = bid_now(self._rpc, self._fees)
        if self._last is not None and self._last[0] == nonce:
            bid = raised(self._last[1], bid, self._fees) or bid
        self._last = nonce, bid
        signed = self._account.sign_transaction(
            {
                "type": 2,
                "chainId": self._rpc.chain_id(),
                "nonce": nonce,
                "to": to,
                "value": 0,
                "data": bytes.fromhex(data.removeprefix("0x")),
                "gas": gas or self._gas,
                "maxFeePerGas": bid.max_fee,
                "maxPriorityFeePerGas": bid.priority_fee,
            }
        )
        try:
            self._rpc.send_raw(signed.raw_transaction.to_0x_hex())
        except RpcRefusedError as error:
            raise SendError(f"the node does not take the transaction: {error}") from error
        return self._mined(signed.hash.to_0x_hex())

    def _mined(self, name: str) -> str:
        until = self._clock.now() + self._wait_seconds
        while (receipt := self._rpc.receipt(name)) is None:
            if self._clock.now() >= until:
                raise SendError(f"the transaction {name} is not mined yet")
            self._clock.sleep(_POLL_SECONDS)
        if number_from_hex(receipt.get("status")) != 1:
            raise SendError(f"the transaction {name} failed")
        return name
