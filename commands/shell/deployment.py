# SPDX-License-Identifier: AGPL-3.0-only
"""Deploy contracts, read every constructor value back, and make their records."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ape import project
from eth_utils.crypto import keccak

from commands.shell.chain import Chain, Sent
from commands.shell.contracts import BOOK, VAULT, read_back
from commands.shell.errors import VerificationError, WorkTreeError
from commands.shell.plan import Action, Change, Step, make_plan, named, normalised, resolve
from commands.shell.provenance import WorkTree, compiler_of
from commands.shell.records import Record, RecordBook

_BLUEPRINT_PREAMBLE = bytes.fromhex("fe7100")


@dataclass(frozen=True, slots=True)
class Origin:
    """What the records say about where contracts came from."""

    tree: WorkTree
    source_hashes: Mapping[str, str]


def plan_for(
    chain: Chain, book: RecordBook, steps: Sequence[Step], hashes: Mapping[str, str]
) -> list[Change]:
    """Compare steps with the records and with the chain itself; hashes are of this tree."""
    recorded = book.read_all()
    live = {name: chain.has_code(record.address) for name, record in recorded.items()}
    return make_plan(steps, recorded, live, hashes)


def execute(
    chain: Chain,
    changes: Sequence[Change],
    known: Mapping[str, str],
    on_step: Callable[[Change], None] = lambda change: None,
) -> Iterator[tuple[Step, Sent, dict[str, str]]]:
    """Carry a plan out, one contract at a time; each is verified before it is given.

    Args:
        chain: where to.
        changes: the plan.
        known: addresses of the steps that are kept.
        on_step: told about each change before it is made.

    Yields:
        The step, its transaction, and all addresses so far.

    Raises:
        VerificationError: a contract does not read back as it was deployed.
    """
    addresses = dict(known)
    for change in changes:
        step = change.step
        if change.action is Action.KEEP:
            continue
        on_step(change)
        if step.is_blueprint:
            sent = chain.declare(step.contract)
        else:
            sent = chain.deploy(step.contract, resolve(list(step.args.values()), addresses))
        addresses[step.name] = sent.address
        verify_step(chain, step, addresses)
        yield step, sent, addresses


def verify_step(chain: Chain, step: Step, addresses: Mapping[str, str]) -> None:
    """Check a deployed contract: its code, and every constructor value as the chain has it.

    Raises:
        VerificationError: something differs; the message names the first difference.
    """
    address = addresses[step.name]
    code = chain.code(address)
    if step.is_blueprint:
        wanted = _BLUEPRINT_PREAMBLE + _bytecode(step.contract, "deployment_bytecode")
        if code != wanted:
            raise VerificationError(f"{step.name} at {address}: not the blueprint of this build")
        return
    if not code.startswith(_bytecode(step.contract, "runtime_bytecode")):
        raise VerificationError(f"{step.name} at {address}: not the bytecode of this build")
    wanted = named(step.args, addresses)
    found = read_back(step.contract, chain.contract(step.contract, address), wanted)
    require_equal(step.name, wanted, found)
    if step.contract == VAULT:
        _verify_book(chain, chain.contract(VAULT, address))


def _verify_book(chain: Chain, vault: Any) -> None:
    """Check the book that a vault deployed from its blueprint.

    Raises:
        VerificationError: it is another contract, or of another vault.
    """
    address = str(vault.BOOK())
    if not chain.code(address).startswith(_bytecode(BOOK, "runtime_bytecode")):
        raise VerificationError(f"{BOOK} at {address}: not the bytecode of this build")
    require_equal(f"{BOOK}.VAULT", vault.address, chain.contract(BOOK, address).VAULT())


def require_equal(name: str, wanted: Any, found: Any) -> None:
    """Compare constructor values by name, exactly.

    Raises:
        VerificationError: one differs.
    """
    wanted, found = normalised(wanted), normalised(found)
    if isinstance(wanted, dict) and isinstance(found, dict) and wanted.keys() == found.keys():
        for field in wanted:
            require_equal(f"{name}.{field}", wanted[field], found[field])
    elif wanted != found:
        raise VerificationError(f"{name}: sent {wanted}, the chain has {found}")


def require_fresh_build(origin: Origin) -> None:
    """Check that ape's build was made from the sources as they are: initcode carries their hash.

    Raises:
        WorkTreeError: a contract's build is older than its source.
    """
    for contract, source_hash in origin.source_hashes.items():
        if bytes.fromhex(source_hash) not in _bytecode(contract, "deployment_bytecode"):
            raise WorkTreeError(f"the build of {contract} is stale: run `ape compile --force`")


def make_record(
    chain: Chain, step: Step, sent: Sent, addresses: Mapping[str, str], origin: Origin
) -> Record:
    """Make the record of a contract that this account has just deployed."""
    contract_type = chain.container(step.contract).contract_type
    return Record(
        name=step.name,
        contract=step.contract,
        kind="blueprint" if step.is_blueprint else "contract",
        address=sent.address,
        chain_id=chain.chain_id,
        network=chain.name,
        tx_hash=sent.tx_hash,
        block=sent.block,
        timestamp=sent.timestamp,
        deployer=str(chain.account.address),
        git_commit=origin.tree.commit,
        git_dirty=origin.tree.is_dirty,
        compiler=compiler_of(contract_type, project.manifest.compilers or ()),
        source_hash=origin.source_hashes[step.contract],
        code_hash=code_hash(chain, sent.address),
        args=normalised(named(step.args, addresses)),
    )


def created_record(
    chain: Chain, blueprint: Record, instance: str, sent: Sent, args: Mapping[str, Any]
) -> Record:
    """Make the record of a contract that another one created from a recorded blueprint."""
    return blueprint.model_copy(
        update={
            "name": f"{blueprint.contract}.{instance}",
            "kind": "created",
            "address": sent.address,
            "tx_hash": sent.tx_hash,
            "block": sent.block,
            "timestamp": sent.timestamp,
            "deployer": str(chain.account.address),
            "code_hash": code_hash(chain, sent.address),
            "args": normalised(args),
        }
    )


def code_hash(chain: Chain, address: str) -> str:
    """Return the hash of the code at an address, as records have it."""
    return "0x" + keccak(chain.code(address)).hex()


def require_as_recorded(chain: Chain, records: Iterable[Record]) -> None:
    """Check the code of every recorded contract. Roles may have changed since; code never does.

    Raises:
        VerificationError: the chain has other code, or none; the message names every difference.
    """
    wrong = []
    for record in records:
        if not chain.has_code(record.address):
            wrong.append(f"{record.name}: no code at {record.address}")
        elif (found := code_hash(chain, record.address)) != record.code_hash:
            wrong.append(f"{record.name} at {record.address}: code {found}, not the recorded")
    if wrong:
        raise VerificationError("; ".join(wrong))


def _bytecode(contract: str, kind: str) -> bytes:
    text = getattr(getattr(project, contract).contract_type, kind).bytecode
    return bytes.fromhex(text.removeprefix("0x"))
