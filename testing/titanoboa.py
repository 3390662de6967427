# SPDX-License-Identifier: AGPL-3.0-only
"""The chain of titanoboa in this process, whose contracts show their events and their insides."""

from functools import cache
from typing import Any

import boa
from boa.interpret import set_cache_dir
from eth_utils.address import to_checksum_address

from testing.compiler import ROOT, Compiler


@cache
def deployer(name: str) -> Any:
    """Return the compiled contract of a file below `contracts/`, or with `.vy` below the root."""
    compiler = Compiler()
    path = compiler.path_of(name)
    # titanoboa's cache does not see that a module changed which another module imports
    set_cache_dir(str(ROOT / ".build/titanoboa" / compiler.key_of(path)))
    return boa.load_partial(str(path))


class BoaContract:
    """A contract as the builders call it; `inside` is titanoboa's own."""

    def __init__(self, inside: Any) -> None:
        self.inside = inside
        self.address = to_checksum_address(str(inside.address))

    def read(self, name: str, *arguments: Any) -> Any:
        """Return what a view says."""
        return getattr(self.inside, name)(*arguments)

    def send(self, name: str, *arguments: Any, sender: str) -> Any:
        """Call a function in a transaction of its own and return its result."""
        return getattr(self.inside, name)(*arguments, sender=sender)


class BoaChain:
    """The one chain of titanoboa in this process."""

    def deploy(self, name: str, *arguments: Any, sender: str) -> BoaContract:
        """Deploy a contract and return it."""
        with boa.env.prank(sender):
            return BoaContract(deployer(name).deploy(*arguments))

    def deploy_blueprint(self, name: str, sender: str) -> str:
        """Deploy a contract's creation code as an ERC-5202 blueprint and return its address."""
        with boa.env.prank(sender):
            return str(deployer(name).deploy_as_blueprint().address)

    def at(self, name: str, address: str) -> BoaContract:
        """Return a contract that another one deployed."""
        return BoaContract(deployer(name).at(address))
