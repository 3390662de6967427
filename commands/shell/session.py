# SPDX-License-Identifier: AGPL-3.0-only
"""What a command works with: the chain, its records, the contracts they name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from commands.shell.chain import Chain
from commands.shell.console import open_console
from commands.shell.contracts import DISTRIBUTOR, HASHRATE_ERC20, MOCK_BITCOIN, ORACLE, REGISTRY
from commands.shell.errors import RecordError
from commands.shell.parameters import NetworkParameters, parameters_path, read_parameters
from commands.shell.provenance import ROOT
from commands.shell.records import RecordBook

PARAMETERS_FOLDER = ROOT / "parameters"
DEPLOYMENTS_FOLDER = ROOT / "deployments"


@dataclass(frozen=True, slots=True)
class Series:
    """A recorded series and its contracts.

    Attributes:
        instance: its name in the records.
        distributor, token, reward_token: the contracts.
        decimals: of the reward token.
    """

    instance: str
    distributor: Any
    token: Any
    reward_token: Any
    decimals: int


class Session:
    """A command's chain, records and console."""

    def __init__(self, account: Any, deployments: Path | None) -> None:
        """Open what is recorded of the connected chain.

        Args:
            account: ape account that sends; None where nothing is sent.
            deployments: folder of the records; None for the project's own.
        """
        self.chain = Chain(account)
        self.console: Console = open_console()
        folder = deployments or DEPLOYMENTS_FOLDER
        self.book = RecordBook(folder, self.chain.chain_id, self.chain.name)

    def parameters(self, path: Path | None) -> NetworkParameters:
        """Read the network's parameters; `path` in place of its own file."""
        chosen = path or parameters_path(PARAMETERS_FOLDER, self.chain.name)
        return read_parameters(chosen, is_local=self.chain.is_local)

    @property
    def oracle(self) -> Any:
        """Return the recorded oracle."""
        return self.chain.contract(ORACLE, self.book.get(ORACLE).address)

    @property
    def registry(self) -> Any:
        """Return the recorded registry."""
        return self.chain.contract(REGISTRY, self.book.get(REGISTRY).address)

    def series(self, instance: str) -> Series:
        """Return a recorded series.

        Raises:
            RecordError: no such series is recorded here.
        """
        known = self.book.instances(DISTRIBUTOR)
        if instance not in known:
            names = ", ".join(known) or "none"
            raise RecordError(f"no series {instance!r} in {self.book.folder}; there are: {names}")
        distributor = self.chain.contract(DISTRIBUTOR, known[instance].address)
        token = self.chain.contract(HASHRATE_ERC20, distributor.TOKEN())
        # any ERC-20 answers to the functions of the mock that are used here
        reward_token = self.chain.contract(MOCK_BITCOIN, distributor.REWARD_TOKEN())
        decimals = int(reward_token.decimals())
        return Series(instance, distributor, token, reward_token, decimals)

    def all_series(self) -> list[Series]:
        """Return every recorded series."""
        return [self.series(instance) for instance in self.book.instances(DISTRIBUTOR)]
