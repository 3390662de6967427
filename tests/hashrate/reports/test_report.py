# SPDX-License-Identifier: AGPL-3.0-only
"""EIP-712 reports: the digest against a computation by hand, signatures by recovery."""

from dataclasses import replace

import pytest
from eth_abi.abi import encode
from eth_account.messages import SignableMessage
from eth_keys.main import KeyAPI
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from hashrate.core.types import UsdE8
from hashrate.reports.errors import SignatureInvalidError
from hashrate.reports.report import (
    DayReport,
    OracleDomain,
    PricedSignature,
    SignedDayReport,
    SignedOutputReport,
    day_message,
    output_message,
    sign_day_report,
    sign_output_report,
    verify,
)
from tests.oracles.builders import (
    DOMAIN,
    make_day_report,
    make_facts,
    make_output_report,
    reporter,
)

pytestmark = pytest.mark.unit

PRICE = UsdE8(6_490_799_283_664)
CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
uint256 = st.integers(0, 2**256 - 1)

DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
FACTS_TYPE = (
    "DayFacts(uint256 day,uint256 first_height,uint256 last_height,uint256 subsidy_sats,"
    "uint256 fees_sats,uint256 hashprice_wad,uint256 difficulty_wad)"
)
DAY_TYPE = (
    "DayReport(DayFacts facts,uint256 btc_usd_e8,uint256 revision,uint256 membership_version)"
)
OUTPUT_TYPE = (
    "OutputReport(address series,uint256 day,uint256 credited_sats,uint256 delivered_ths,"
    "uint256 revision,uint256 membership_version)"
)


# ---------------------------------------------------------------- EIP-712 by hand


def hash_by_hand(type_text: str, abi_types: list[str], values: list[object]) -> bytes:
    """Compute EIP-712's hashStruct."""
    type_hash = keccak(text=type_text)
    return keccak(encode(["bytes32", *abi_types], [type_hash, *values]))


def digest_by_hand(domain: OracleDomain, struct_hash: bytes) -> bytes:
    """Compute the digest that a reporter signs and the contract recovers from."""
    separator = hash_by_hand(
        DOMAIN_TYPE,
        ["bytes32", "bytes32", "uint256", "address"],
        [
            keccak(text="HashpriceOracle"),
            keccak(text="1"),
            domain.chain_id,
            domain.verifying_contract,
        ],
    )
    return keccak(b"\x19\x01" + separator + struct_hash)


def day_digest_by_hand(domain: OracleDomain, report: DayReport, price: int) -> bytes:
    facts = hash_by_hand(FACTS_TYPE, ["uint256"] * 7, list(report.facts.as_tuple()))
    struct = hash_by_hand(
        DAY_TYPE + FACTS_TYPE,
        ["bytes32", "uint256", "uint256", "uint256"],
        [facts, price, report.revision, report.membership_version],
    )
    return digest_by_hand(domain, struct)


def digest(message: SignableMessage) -> bytes:
    """Compute the EIP-191 digest of a message."""
    return keccak(b"\x19" + message.version + message.header + message.body)


def recover(digest_bytes: bytes, v: int, r: int, s: int) -> str:
    """Recover a signer as the EVM does."""
    signature = KeyAPI.Signature(vrs=(v - 27, r, s))
    return signature.recover_public_key_from_msg_hash(digest_bytes).to_checksum_address()


@given(
    st.lists(uint256, min_size=10, max_size=10),
    st.integers(1, 2**64),
    st.binary(min_size=20, max_size=20),
)
def test_day_message__any_values__digest_equals_computation_by_hand(
    values: list[int], chain_id: int, contract: bytes
) -> None:
    domain = OracleDomain(chain_id, to_checksum_address(contract))
    names = (
        "day",
        "first_height",
        "last_height",
        "subsidy_sats",
        "fees_sats",
        "hashprice_wad",
        "difficulty_wad",
    )
    facts = make_facts(**dict(zip(names, values[:7], strict=True)))
    report = DayReport(facts, values[7], values[8])

    message = day_message(domain, report, UsdE8(values[9]))

    assert digest(message) == day_digest_by_hand(domain, report, values[9])


def test_output_message__report__digest_equals_computation_by_hand() -> None:
    report = make_output_report()
    struct = hash_by_hand(
        OUTPUT_TYPE,
        ["address", *["uint256"] * 5],
        [
            report.series,
            report.day,
            report.credited_sats,
            report.delivered_ths,
            report.revision,
            report.membership_version,
        ],
    )

    assert digest(output_message(DOMAIN, report)) == digest_by_hand(DOMAIN, struct)


# ---------------------------------------------------------------- signing


def test_sign_day_report__account__signature_recovers_to_it() -> None:
    account, report = reporter(1), make_day_report()

    signed = sign_day_report(account, DOMAIN, report, PRICE)

    (signature,) = signed.signatures
    price, v, r, s = signature.as_tuple()
    assert signed.signature_tuples() == [(price, v, r, s)]
    assert price == PRICE
    assert v in (27, 28)
    assert s <= CURVE_ORDER // 2
    assert signature.signer == account.address
    assert recover(day_digest_by_hand(DOMAIN, report, PRICE), v, r, s) == account.address


def test_sign_output_report__account__signature_recovers_to_it() -> None:
    account, report = reporter(1), make_output_report()

    signed = sign_output_report(account, DOMAIN, report)

    ((v, r, s),) = signed.signature_tuples()
    assert recover(digest(output_message(DOMAIN, report)), v, r, s) == account.address


def test_sign_day_report__account_or_its_key_in_any_form__is_the_same() -> None:
    account, report = reporter(7), make_day_report()

    signed = sign_day_report(account, DOMAIN, report, PRICE)

    for key in (bytes(account.key), account.key.hex(), "0x" + account.key.hex()):
        assert sign_day_report(key, DOMAIN, report, PRICE) == signed


@pytest.mark.parametrize(
    "other",
    [
        make_day_report(revision=1),
        make_day_report(membership_version=2),
        make_day_report(fees_sats=1),
    ],
)
def test_sign_day_report__any_field_changed__is_another_signature(other: DayReport) -> None:
    signed = sign_day_report(reporter(1), DOMAIN, make_day_report(), PRICE)

    changed = replace(signed, report=other)

    with pytest.raises(SignatureInvalidError, match="who signed these values"):
        verify(changed)


# ---------------------------------------------------------------- checking


def signed_day() -> SignedDayReport:
    return sign_day_report(reporter(1), DOMAIN, make_day_report(), PRICE)


def with_signature(signature: PricedSignature) -> SignedDayReport:
    return replace(signed_day(), signatures=(signature,))


def test_verify__genuine__passes() -> None:
    signed = signed_day()
    verify(signed)
    verify(sign_output_report(reporter(1), DOMAIN, make_output_report()))

    assert signed == signed_day()  # deterministic nonces: signing twice gives the same bytes


def test_verify__price_changed__raises() -> None:
    (signature,) = signed_day().signatures

    with pytest.raises(SignatureInvalidError, match="who signed these values"):
        verify(with_signature(replace(signature, btc_usd_e8=UsdE8(PRICE + 1))))


def test_verify__other_oracle__raises() -> None:
    elsewhere = replace(DOMAIN, chain_id=1)

    with pytest.raises(SignatureInvalidError, match="who signed these values"):
        verify(replace(signed_day(), domain=elsewhere))


def test_verify__other_signer_named__raises() -> None:
    (signature,) = signed_day().signatures

    with pytest.raises(SignatureInvalidError, match=reporter(1).address):
        verify(with_signature(replace(signature, signer=reporter(2).address)))


def test_verify__upper_s__raises_though_it_recovers() -> None:
    (signature,) = signed_day().signatures
    twin = replace(signature, v=55 - signature.v, s=CURVE_ORDER - signature.s)
    twin_digest = day_digest_by_hand(DOMAIN, make_day_report(), PRICE)
    assert recover(twin_digest, twin.v, twin.r, twin.s) == signature.signer

    with pytest.raises(SignatureInvalidError, match="s is in the upper half"):
        verify(with_signature(twin))


@pytest.mark.parametrize("offset", [-27, 8, 2**200])
def test_verify__v_in_another_convention__raises(offset: int) -> None:
    (signature,) = signed_day().signatures

    with pytest.raises(SignatureInvalidError, match="not 27 or 28"):
        verify(with_signature(replace(signature, v=signature.v + offset)))


@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (2**256 - 1, 1), (5, 1)])
def test_verify__r_or_s_no_signature__raises(r: int, s: int) -> None:
    (signature,) = signed_day().signatures

    with pytest.raises(SignatureInvalidError, match=signature.signer):
        verify(with_signature(replace(signature, r=r, s=s)))


def test_verify__output_credited_changed__raises() -> None:
    signed = sign_output_report(reporter(1), DOMAIN, make_output_report())
    richer = SignedOutputReport(DOMAIN, make_output_report(credited_sats=1), signed.signatures)

    with pytest.raises(SignatureInvalidError, match="who signed these values"):
        verify(richer)
