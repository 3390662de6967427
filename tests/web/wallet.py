# SPDX-License-Identifier: AGPL-3.0-only
"""A browser wallet whose other half is Python: it holds keys, signs with them and sends."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_utils import keccak, to_checksum_address
from playwright.sync_api import BrowserContext, Page

from hashrate.evm.errors import RpcRefusedError
from hashrate.evm.rpc import EvmRpc
from testing.anvil import CHAIN_ID

_SCRIPT = (Path(__file__).parent / "wallet.js").read_text(encoding="utf-8")
_ICON = "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'/%3E"
_REJECTED = 4001
_UNAUTHORISED = 4100
_UNSUPPORTED_METHOD = 4200
_UNKNOWN_CHAIN = 4902
_INVALID = -32602
_INTERNAL_ERROR = -32603
_REVERTED = 3
_GAS_FACTOR_BPS = 12_000
_MUCH_GAS = 1_000_000


class WalletError(Exception):
    """What a wallet answers instead of a result."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        """Keep the error as EIP-1193 has it."""
        super().__init__(message)
        self.document = {"code": code, "message": message, "data": data}


class Wallet:
    """One wallet: accounts, a chain it is on, and what its owner refuses."""

    def __init__(self, name: str, accounts: Sequence[LocalAccount], node: EvmRpc) -> None:
        """Make a wallet that knows the local chain and is on it.

        Args:
            name: as it announces itself.
            accounts: its keys; the first one is chosen.
            node: of the local chain.
        """
        self.name = name
        self.uuid = _uuid_of(name)
        self.accounts = list(accounts)
        self.icon = _ICON
        self.chain_id = CHAIN_ID
        self.known_chains = {1, CHAIN_ID}
        self.is_connected = False
        self.can_batch = False
        self.asks_for_gas = True
        self.refuses: set[str] = set()  # methods that its owner says no to
        self.requests: list[tuple[str, list[Any]]] = []
        self.before_send: Callable[[], None] = lambda: None
        self.batches: dict[str, list[str]] = {}
        self._node = node
        self._events: list[tuple[str, Any]] = []

    @property
    def info(self) -> dict[str, str]:
        """Describe what EIP-6963 announces."""
        rdns = f"test.{''.join(each for each in self.name.lower() if each.isalnum())}"
        return {"uuid": self.uuid, "name": self.name, "icon": self.icon, "rdns": rdns}

    def asked(self, method: str) -> list[list[Any]]:
        """List the parameters of every request for a method."""
        return [params for name, params in self.requests if name == method]

    def answer(self, method: str, params: list[Any]) -> dict[str, Any]:
        """Answer a request of the page."""
        self.requests.append((method, params))
        self._events = []
        try:
            if method in self.refuses:
                raise WalletError(_REJECTED, "User rejected the request.")
            answer = {"result": self._handle(method, params)}
        except WalletError as error:
            answer = {"error": error.document}
        except RpcRefusedError as error:
            answer = {"error": _node_error(error)}
        return {**answer, "events": self._events}

    def switch_account(self, account: LocalAccount, page: Page) -> None:
        """Let the owner choose another account in the wallet's own window."""
        self.accounts.remove(account)
        self.accounts.insert(0, account)
        self._emit(page, "accountsChanged", self._visible())

    def switch_chain(self, chain_id: int, page: Page) -> None:
        """Let the owner choose another chain in the wallet's own window."""
        self.chain_id = chain_id
        self._emit(page, "chainChanged", hex(chain_id))

    def disconnect(self, page: Page) -> None:
        """Let the owner disconnect the page in the wallet's own window."""
        self.is_connected = False
        self._emit(page, "accountsChanged", [])

    def _emit(self, page: Page, event: str, payload: Any) -> None:
        script = "([uuid, event, payload]) => walletEmit(uuid, event, payload)"
        page.evaluate(script, [self.uuid, event, payload])

    def _visible(self) -> list[str]:
        return [account.address for account in self.accounts] if self.is_connected else []

    # Requests

    def _handle(self, method: str, params: list[Any]) -> Any:
        handlers: dict[str, Callable[[list[Any]], Any]] = {
            "eth_requestAccounts": self._connect,
            "wallet_requestPermissions": self._grant,
            "wallet_revokePermissions": self._revoke,
            "eth_accounts": lambda _: self._visible(),
            "eth_chainId": lambda _: hex(self.chain_id),
            "wallet_switchEthereumChain": self._switch,
            "wallet_addEthereumChain": self._add,
            "wallet_watchAsset": lambda _: True,
            "eth_sendTransaction": lambda given: self._send(given[0]),
            "eth_signTypedData_v4": self._sign_typed,
        }
        if self.can_batch:
            handlers |= {
                "wallet_getCapabilities": self._capabilities,
                "wallet_sendCalls": self._send_calls,
                "wallet_getCallsStatus": self._calls_status,
            }
        if method in handlers:
            return handlers[method](params)
        if method.startswith("wallet_"):
            raise WalletError(_UNSUPPORTED_METHOD, f"{method} is not supported")
        return self._node.request(method, *params)

    def _connect(self, _params: list[Any]) -> list[str]:
        self.is_connected = True
        return self._visible()

    def _grant(self, _params: list[Any]) -> list[dict[str, str]]:
        self.is_connected = True
        return [{"parentCapability": "eth_accounts"}]

    def _revoke(self, _params: list[Any]) -> None:
        self.is_connected = False

    def _switch(self, params: list[Any]) -> None:
        wanted = int(params[0]["chainId"], 16)
        if wanted not in self.known_chains:
            raise WalletError(_UNKNOWN_CHAIN, f"Unrecognized chain ID {hex(wanted)}.")
        self.chain_id = wanted
        self._events.append(("chainChanged", hex(wanted)))

    def _add(self, params: list[Any]) -> None:
        chain = params[0]
        if not chain["rpcUrls"] or not chain["chainName"]:
            raise WalletError(_INVALID, "a chain has a name and a URL")
        self.known_chains.add(int(chain["chainId"], 16))
        self._switch([chain])

    # Signing

    def _send(self, wanted: dict[str, Any]) -> str:
        """Sign a transaction and hand it to the node; a revert is found by the gas estimate."""
        account = self._account(wanted["from"])
        if self.chain_id != CHAIN_ID:
            raise WalletError(_INVALID, "the wallet is on another chain")
        if "chainId" in wanted and int(wanted["chainId"], 16) != self.chain_id:
            raise WalletError(_INVALID, "the transaction is for another chain")
        call = {key: wanted[key] for key in ("from", "to", "data", "value") if key in wanted}
        self.before_send()
        gas = wanted.get("gas") or self._gas(call)
        fee = 2 * int(self._node.block()["baseFeePerGas"], 16) + 10**9
        transaction = {
            "to": to_checksum_address(wanted["to"]),
            "data": wanted.get("data", "0x"),
            "value": int(wanted.get("value", "0x0"), 16),
            "gas": int(gas, 16) * _GAS_FACTOR_BPS // 10_000,
            "nonce": self._node.nonce(account.address, "pending"),
            "chainId": self.chain_id,
            "maxFeePerGas": fee,
            "maxPriorityFeePerGas": 10**9,
        }
        signed = account.sign_transaction(transaction)
        return self._node.send_raw("0x" + bytes(signed.raw_transaction).hex())

    def _gas(self, call: dict[str, Any]) -> str:
        """Ask the node what a transaction takes; some wallets send without asking."""
        if not self.asks_for_gas:
            return hex(_MUCH_GAS)
        estimate: str = self._node.request("eth_estimateGas", call)
        return estimate

    def _sign_typed(self, params: list[Any]) -> str:
        account = self._account(params[0])
        message = encode_typed_data(full_message=json.loads(params[1]))
        return "0x" + bytes(account.sign_message(message).signature).hex()

    def _account(self, address: str) -> LocalAccount:
        for account in self.accounts:
            if self.is_connected and account.address.lower() == address.lower():
                return account
        raise WalletError(_UNAUTHORISED, f"{address} is not connected")

    # EIP-5792

    def _capabilities(self, _params: list[Any]) -> dict[str, Any]:
        return {hex(CHAIN_ID): {"atomic": {"status": "supported"}}}

    def _send_calls(self, params: list[Any]) -> dict[str, str]:
        batch = params[0]
        before = self._node.request("evm_snapshot")
        hashes = []
        try:
            for call in batch["calls"]:  # one may need what the one before it did
                self._node.request("eth_estimateGas", {"from": batch["from"], **call})
                hashes.append(self._send({"from": batch["from"], **call}))
        except RpcRefusedError:
            self._node.request("evm_revert", before)  # all of them or none
            raise
        identifier = "0x" + keccak(text=",".join(hashes)).hex()
        self.batches[identifier] = hashes
        return {"id": identifier}

    def _calls_status(self, params: list[Any]) -> dict[str, Any]:
        receipts = [self._node.receipt(tx_hash) for tx_hash in self.batches[params[0]]]
        is_mined = all(receipt is not None for receipt in receipts)
        return {
            "version": "2.0.0",
            "id": params[0],
            "chainId": hex(CHAIN_ID),
            "status": 200 if is_mined else 100,
            "atomic": True,
            "receipts": receipts if is_mined else [],
        }


def _node_error(error: RpcRefusedError) -> dict[str, Any]:
    """Pass on what the node said, as a wallet does."""
    if error.reason is None:
        return {"code": _INTERNAL_ERROR, "message": str(error)}
    return {"code": _REVERTED, "message": f"execution reverted: {error.reason}"}


def _uuid_of(name: str) -> str:
    """Make a version 4 UUID that is always the same for a name."""
    digest = keccak(text=name).hex().removeprefix("0x")
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


def install(context: BrowserContext, wallets: Sequence[Wallet]) -> None:
    """Announce wallets to every page of a browser context."""
    by_uuid = {wallet.uuid: wallet for wallet in wallets}

    def request(uuid: str, method: str, params: str) -> str:
        return json.dumps(by_uuid[uuid].answer(method, json.loads(params)))

    context.expose_function("walletRequest", request)
    announced = json.dumps([wallet.info for wallet in wallets])
    context.add_init_script(f"const announceWallets = {_SCRIPT}\nannounceWallets({announced});")
