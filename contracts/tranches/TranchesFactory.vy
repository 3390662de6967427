# SPDX-License-Identifier: AGPL-3.0-only
# pragma version 0.4.3
# pragma nonreentrancy on
# pragma evm-version cancun
"""
@title Tranches factory
@license GNU Affero General Public License v3.0 only
@notice One product for each terms: anyone creates it, and its address follows from its terms alone.
        So all who borrow on one series, maturity and face sell the same SENIOR.
@dev No owner. A product trusts its series; that the registry listed it is checked here.
@custom:security A product is as good as its series: look at terms, reward token and issuer.
@custom:kill Cannot be stopped.
"""

from . import ITranches


interface SeriesRegistry:
    def fleet_of(_series: address) -> bytes32: view


event TranchesCreated:
    product: indexed(address)
    distributor: indexed(address)
    terms: ITranches.Terms


# series are looked up here
REGISTRY: public(immutable(address))
# ERC-5202 blueprints of `HashrateTranches` and `TrancheToken`
TRANCHES_BLUEPRINT: public(immutable(address))
TOKEN_BLUEPRINT: public(immutable(address))


# hash of the terms -> product; zero for none
product_of: public(HashMap[bytes32, address])
# place in order, from 0 -> product
product_at: public(HashMap[uint256, address])
# [count] products created
product_count: public(uint256)
# product -> whether it was created here
is_product: public(HashMap[address, bool])


@deploy
def __init__(_registry: address, _tranches_blueprint: address, _token_blueprint: address):
    """
    @notice Set what every product is made of.
    @param _registry series registry
    @param _tranches_blueprint ERC-5202 blueprint of `HashrateTranches`
    @param _token_blueprint ERC-5202 blueprint of `TrancheToken`
    """
    assert _registry.is_contract, "tranches: no registry"
    assert _tranches_blueprint.is_contract, "tranches: no product"
    assert _token_blueprint.is_contract, "tranches: no token"
    REGISTRY = _registry
    TRANCHES_BLUEPRINT = _tranches_blueprint
    TOKEN_BLUEPRINT = _token_blueprint


################################################################
#                        PERMISSIONLESS                        #
################################################################


@external
def create(_terms: ITranches.Terms) -> address:
    """
    @notice Create a product.
    @param _terms terms, immutable
    @return the product
    @custom:reverts "tranches: unknown series", "tranches: exists", "tranches: …"
    @custom:emits TranchesCreated
    """
    assert staticcall SeriesRegistry(REGISTRY).fleet_of(_terms.distributor) != empty(
        bytes32
    ), "tranches: unknown series"
    salt: bytes32 = self._hash(_terms)
    assert self.product_of[salt] == empty(address), "tranches: exists"
    product: address = create_from_blueprint(TRANCHES_BLUEPRINT, _terms, TOKEN_BLUEPRINT, salt=salt)
    self.product_of[salt] = product
    self.product_at[self.product_count] = product
    self.product_count += 1
    self.is_product[product] = True
    log TranchesCreated(product=product, distributor=_terms.distributor, terms=_terms)
    return product


################################################################
#                            VIEWS                             #
################################################################


@external
@view
def product(_terms: ITranches.Terms) -> address:
    """
    @notice The product of terms.
    @param _terms terms
    @return the product; zero if there is none yet
    """
    return self.product_of[self._hash(_terms)]


################################################################
#                           INTERNAL                           #
################################################################


@internal
@pure
def _hash(_terms: ITranches.Terms) -> bytes32:
    """
    @notice What tells products apart.
    @param _terms terms
    @return hash
    """
    return keccak256(abi_encode(_terms))
