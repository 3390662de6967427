# SPDX-License-Identifier: AGPL-3.0-only
"""Deployment records: `deployments/<chain_id>-<network>/<name>.json`, one contract each.

A record is written after its contract was read back from the chain, never before.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from commands.shell.errors import RecordError

Kind = Literal["contract", "blueprint", "created"]


class Compiler(BaseModel):
    """What compiled a contract."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str
    settings: dict[str, Any]


class Record(BaseModel):
    """Where a contract is and all it takes to check that.

    Attributes:
        format: of this file.
        name: `<Contract>` or `<Contract>.<instance>`; the file's name.
        contract: name in the project.
        kind: deployed, declared as an ERC-5202 blueprint, or created by another contract.
        address: checksummed.
        chain_id, network: the chain, and what ape calls it.
        tx_hash, block, timestamp: the transaction that made it; the timestamp in unix s.
        deployer: sender of that transaction.
        git_commit, git_dirty: the tree it was made from.
        compiler: compiler and settings.
        source_hash: what `vyper -f integrity` gives for the source and all it imports.
        code_hash: keccak256 of the code on the chain, immutables included.
        args: constructor arguments by name; integers as text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["hashrate-deployment/1"] = "hashrate-deployment/1"
    name: str
    contract: str
    kind: Kind
    address: str
    chain_id: int
    network: str
    tx_hash: str
    block: int
    timestamp: int
    deployer: str
    git_commit: str
    git_dirty: bool
    compiler: Compiler
    source_hash: str
    code_hash: str
    args: dict[str, Any]


class RecordBook:
    """The records of one chain."""

    def __init__(self, root: Path, chain_id: int, network: str) -> None:
        """Open `root/<chain_id>-<network>`, which need not exist."""
        self.folder = root / f"{chain_id}-{network}"
        self._chain_id = chain_id

    def read_all(self) -> dict[str, Record]:
        """Read every record by name.

        Raises:
            RecordError: one is malformed, or of another chain.
        """
        return {path.stem: self._read(path) for path in sorted(self.folder.glob("*.json"))}

    def get(self, name: str) -> Record:
        """Read one record.

        Raises:
            RecordError: there is none, or it is malformed.
        """
        path = self.folder / f"{name}.json"
        if not path.exists():
            raise RecordError(f"no {name} is recorded in {self.folder}: deploy it first")
        return self._read(path)

    def instances(self, contract: str) -> dict[str, Record]:
        """Read the records `<contract>.<instance>` by instance."""
        prefix = f"{contract}."
        records = self.read_all()
        return {
            name.removeprefix(prefix): record
            for name, record in records.items()
            if name.startswith(prefix) and record.kind != "blueprint"
        }

    def write(self, records: Iterable[Record]) -> list[Path]:
        """Write records and give their files."""
        self.folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for record in records:
            path = self.folder / f"{record.name}.json"
            path.write_text(json.dumps(record.model_dump(), indent=2) + "\n", encoding="utf-8")
            paths.append(path)
        return paths

    def _read(self, path: Path) -> Record:
        try:
            record = Record.model_validate_json(path.read_text(encoding="utf-8"))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "file"
            raise RecordError(f"{path}: {where}: {first['msg']}") from error
        if record.chain_id != self._chain_id:
            raise RecordError(f"{path}: it is of chain {record.chain_id}, not {self._chain_id}")
        if record.name != path.stem:
            raise RecordError(f"{path}: it calls itself {record.name}")
        return record
