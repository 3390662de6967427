# SPDX-License-Identifier: AGPL-3.0-only
"""Signed orders of any kind, from files and relays; and how their maker takes one off a relay.

Nothing that a file or a relay says of an order is trusted: its book is asked again.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import click

from commands.shell.console import go_ahead, grid
from commands.shell.errors import ScriptError
from commands.shell.options import Sender, sending_command
from hashrate.core.utc import utc_text
from hashrate.orders.documents import read_file
from hashrate.orders.order import SignedOrder
from hashrate.orders.relay_client import RelayClient, require_success
from hashrate.orders.spot import SignedSpotOrder
from hashrate.orders.withdrawal import Withdrawal, withdrawal_message

SignedT = TypeVar("SignedT", SignedOrder, SignedSpotOrder)


@dataclass(frozen=True, slots=True)
class OrderKind(Generic[SignedT]):
    """What a command needs to know of a kind of orders.

    Attributes:
        parse: reads a signed order from JSON.
        text: writes it as JSON.
        digest: by which its book knows it, 32 bytes.
    """

    parse: Callable[[str | bytes], SignedT]
    text: Callable[[SignedT], str]
    digest: Callable[[SignedT], bytes]

    def name(self, signed: SignedT) -> str:
        """Return the digest as relays write it."""
        return "0x" + self.digest(signed).hex()

    def read(self, source: str) -> SignedT:
        """Read an order from a file, or from its address at a relay, `<relay>/orders/<hash>`.

        Raises:
            HashrateError: it cannot be read or is malformed.
        """
        if not is_url(source):
            return read_file(Path(source), self.parse)
        with RelayClient(source) as client:
            signed = self.served(client.get().get("order"), source)
        if source.rstrip("/").rpartition("/")[2].lower() != self.name(signed):
            raise ScriptError(f"{source}: the relay serves another order than was asked for")
        return signed

    def served(self, entry: Any, relay: str) -> SignedT:
        """Take the signed order out of what a relay says about it.

        Raises:
            ScriptError: there is none in it.
            OrderFormatError: it is malformed.
        """
        if not isinstance(entry, dict) or "signed_order" not in entry:
            raise ScriptError(f"{relay}: the answer holds no signed order")
        return self.parse(json.dumps(entry["signed_order"]))

    def post(self, relay: str, signed: SignedT) -> None:
        """Send an order to a relay.

        Raises:
            RelayAnswerError: the relay cannot be reached, or refuses.
        """
        with RelayClient(relay) as client:
            require_success(client.submit(self.text(signed).encode()))

    def hide(self, sender: Sender, signed: SignedT, relay: str) -> bool:
        """Show what it does and what not, ask, sign, and send it to the relay.

        It is a signed word to the relay, which no contract hears.

        Returns:
            Whether the relay was told.

        Raises:
            ScriptError: the account is not the maker, or does not sign.
            RelayAnswerError: the relay refuses.
        """
        name, order, console = self.name(signed), signed.order, sender.session.console
        account = sender.session.chain.account
        if account.address != order.maker:
            raise ScriptError(f"only its maker {order.maker} can hide this order")
        good = f"until {utc_text(order.deadline)} for whoever has it: cancel ends it"
        rows = [
            ("order", name),
            ("you sign", f"a word to the relay at {relay}: drop it, and take it from nobody"),
            ("it stays good", good),
        ]
        console.print(grid("Hide an order", rows))
        if not go_ahead(console, is_dry=sender.is_dry, is_agreed=sender.is_agreed):
            return False
        made = account.sign_message(withdrawal_message(signed.domain.typed(), name))
        if made is None:
            raise ScriptError("the account did not sign")
        with RelayClient(relay) as client:
            client.withdraw(Withdrawal(name, bytes(made.encode_rsv())))
        console.print(f"The relay at {relay} lists it no more", markup=False)
        return True

    def hide_command(self, example: str) -> click.Command:
        """Make the command that hides an order, with an example in its help."""

        @click.argument("source")
        @click.option("--relay", required=True, help="The relay's address.")
        def hide_order(sender: Sender, source: str, relay: str) -> None:
            self.hide(sender, self.read(source), relay)

        hide_order.__doc__ = _HIDE_HELP + example
        return sending_command("hide", short_help="Take an order off a relay.")(hide_order)


_HIDE_HELP = """Have a relay drop your order in SOURCE, a file or its address there: for nothing.

It cancels nothing: whoever has the order can fill it until its deadline. `cancel` is what ends
it, on chain.

\b
Examples
  """


def is_url(text: str) -> bool:
    """Return whether a text names a relay rather than a file."""
    return text.startswith(("http://", "https://"))
