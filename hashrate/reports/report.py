# SPDX-License-Identifier: AGPL-3.0-only
"""Reports for the HashpriceOracle: their EIP-712 form, signing and checking.

Every reporter signs the same facts with its own price. `hashrate.reports.quorum` brings what they
signed together.
"""

from dataclasses import dataclass

from eth_account.messages import SignableMessage
from eth_typing import ChecksumAddress

from hashrate.core.types import DayFacts, DayIndex, Sats, UsdE8
from hashrate.evm.eip712 import (
    RECOVERY_VALUES,
    SECP256K1_HALF_ORDER,
    Domain,
    Fields,
    Signer,
    account_of,
    digest_of,
    recover,
    typed_message,
)
from hashrate.reports.errors import SignatureInvalidError

DOMAIN_NAME = "HashpriceOracle"
DOMAIN_VERSION = "1"


def _fields(*names: str) -> Fields:
    return [{"name": name, "type": "uint256"} for name in names]


_DAY_TYPES = {
    "DayReport": [
        {"name": "facts", "type": "DayFacts"},
        *_fields("btc_usd_e8", "revision", "membership_version"),
    ],
    "DayFacts": _fields(
        "day",
        "first_height",
        "last_height",
        "subsidy_sats",
        "fees_sats",
        "hashprice_wad",
        "difficulty_wad",
    ),
}
_OUTPUT_TYPES = {
    "OutputReport": [
        {"name": "series", "type": "address"},
        *_fields("day", "credited_sats", "delivered_ths", "revision", "membership_version"),
    ],
}


@dataclass(frozen=True, slots=True)
class OracleDomain:
    """Which oracle a report is for.

    Attributes:
        chain_id: EIP-155 chain id.
        verifying_contract: address of the HashpriceOracle, checksummed.
    """

    chain_id: int
    verifying_contract: ChecksumAddress

    def typed(self) -> Domain:
        """Return the EIP-712 domain."""
        return Domain(DOMAIN_NAME, DOMAIN_VERSION, self.chain_id, self.verifying_contract)


@dataclass(frozen=True, slots=True)
class DayReport:
    """What all signers of a day report have in common.

    Attributes:
        facts: the day's facts.
        revision: the day's revision in the oracle, which a veto or a replacement raises.
        membership_version: version of the oracle's list of reporters.
    """

    facts: DayFacts
    revision: int
    membership_version: int


@dataclass(frozen=True, slots=True)
class OutputReport:
    """One day's mining output of one series.

    Attributes:
        series: the series' distributor, checksummed.
        day: the UTC day.
        credited_sats: credited by the pool, net of its fee [sats].
        delivered_ths: average hashrate of the day [TH/s, 18 decimals].
        revision: the output's revision in the oracle.
        membership_version: version of the oracle's list of reporters.
    """

    series: ChecksumAddress
    day: DayIndex
    credited_sats: Sats
    delivered_ths: int
    revision: int
    membership_version: int


@dataclass(frozen=True, slots=True)
class Signature:
    """A signer and its ECDSA signature; `signer` is checksummed."""

    signer: ChecksumAddress
    v: int
    r: int
    s: int

    def as_tuple(self) -> tuple[int, int, int]:
        """Return the contract's `Signature` struct."""
        return (self.v, self.r, self.s)


@dataclass(frozen=True, slots=True)
class PricedSignature:
    """A signature and the price it covers [USD per BTC, 1e8]."""

    signer: ChecksumAddress
    btc_usd_e8: UsdE8
    v: int
    r: int
    s: int

    def as_tuple(self) -> tuple[int, int, int, int]:
        """Return the contract's `PricedSignature` struct."""
        return (self.btc_usd_e8, self.v, self.r, self.s)


@dataclass(frozen=True, slots=True)
class SignedDayReport:
    """A day report with one or more signatures, strictly ascending by signer once assembled."""

    domain: OracleDomain
    report: DayReport
    signatures: tuple[PricedSignature, ...]

    def signature_tuples(self) -> list[tuple[int, int, int, int]]:
        """Return the signatures ready for a contract call."""
        return [signature.as_tuple() for signature in self.signatures]


@dataclass(frozen=True, slots=True)
class SignedOutputReport:
    """An output report with one or more signatures, strictly ascending once assembled."""

    domain: OracleDomain
    report: OutputReport
    signatures: tuple[Signature, ...]

    def signature_tuples(self) -> list[tuple[int, int, int]]:
        """Return the signatures ready for a contract call."""
        return [signature.as_tuple() for signature in self.signatures]


def day_message(domain: OracleDomain, report: DayReport, btc_usd_e8: UsdE8) -> SignableMessage:
    """Make the EIP-712 message of a day report at one signer's price [USD, 1e8]."""
    facts = {
        field["name"]: value
        for field, value in zip(_DAY_TYPES["DayFacts"], report.facts.as_tuple(), strict=True)
    }
    message = {
        "facts": facts,
        "btc_usd_e8": btc_usd_e8,
        "revision": report.revision,
        "membership_version": report.membership_version,
    }
    return typed_message(domain.typed(), _DAY_TYPES, "DayReport", message)


def output_message(domain: OracleDomain, report: OutputReport) -> SignableMessage:
    """Make the EIP-712 message of an output report."""
    names = [field["name"] for field in _OUTPUT_TYPES["OutputReport"]]
    message = {name: getattr(report, name) for name in names}
    return typed_message(domain.typed(), _OUTPUT_TYPES, "OutputReport", message)


def sign_day_report(
    signer: Signer, domain: OracleDomain, report: DayReport, btc_usd_e8: UsdE8
) -> SignedDayReport:
    """Sign a day report at the signer's own price [USD per BTC, 1e8]."""
    signature = _sign(signer, day_message(domain, report, btc_usd_e8))
    priced = PricedSignature(signature.signer, btc_usd_e8, *signature.as_tuple())
    return SignedDayReport(domain, report, (priced,))


def sign_output_report(
    signer: Signer, domain: OracleDomain, report: OutputReport
) -> SignedOutputReport:
    """Sign an output report."""
    return SignedOutputReport(domain, report, (_sign(signer, output_message(domain, report)),))


def verify(signed: SignedDayReport | SignedOutputReport) -> None:
    """Check every signature of a signed report.

    Raises:
        SignatureInvalidError: a signature is not the signer's, or not in the contract's form.
    """
    if isinstance(signed, SignedDayReport):
        for priced in signed.signatures:
            _require_valid(priced, day_message(signed.domain, signed.report, priced.btc_usd_e8))
    else:
        for signature in signed.signatures:
            _require_valid(signature, output_message(signed.domain, signed.report))


def _sign(signer: Signer, message: SignableMessage) -> Signature:
    account = account_of(signer)
    signed = account.sign_message(message)
    return Signature(account.address, signed.v, signed.r, signed.s)


def _require_valid(signature: Signature | PricedSignature, message: SignableMessage) -> None:
    who = f"signature of {signature.signer}"
    # eth-account would take other forms of v, and an upper s; the contract takes neither.
    if signature.v not in RECOVERY_VALUES:
        raise SignatureInvalidError(f"{who}: v is {signature.v}, not 27 or 28")
    if signature.s > SECP256K1_HALF_ORDER:
        raise SignatureInvalidError(f"{who}: s is in the upper half")
    recovered = recover(digest_of(message), signature.v, signature.r, signature.s)
    if recovered is None:
        raise SignatureInvalidError(f"{who}: no key makes it")
    if recovered != signature.signer:
        raise SignatureInvalidError(f"{who}: it is {recovered} who signed these values, if anyone")
