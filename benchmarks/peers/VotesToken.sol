// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

/// @title OpenZeppelin's ERC20Votes as it is: the peer that also writes history at every transfer.
contract VotesToken is ERC20Votes {
    /// @param supply [wei] minted to the deployer
    constructor(uint256 supply) ERC20("Votes", "VOTE") EIP712("Votes", "1") {
        _mint(msg.sender, supply);
    }
}
