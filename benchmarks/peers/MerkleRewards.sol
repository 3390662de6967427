// SPDX-License-Identifier: AGPL-3.0-only
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";

/// @title Rewards by a Merkle root, with the algorithm and storage layout of Morpho's Universal Rewards
/// Distributor.
/// @notice Written for this comparison, not Morpho's file: what `claim` is sent, reads, writes, sends and
/// logs is the same; pending roots, updaters and the time lock are left out.
contract MerkleRewards {
    using SafeERC20 for IERC20;

    bytes32 public root;
    /// @dev account -> reward token -> [base units] claimed so far
    mapping(address account => mapping(address reward => uint256 amount)) public claimed;
    address public immutable owner = msg.sender;

    event RootSet(bytes32 indexed newRoot);
    event Claimed(address indexed account, address indexed reward, uint256 amount);

    function setRoot(bytes32 newRoot) external {
        require(msg.sender == owner, "Not owner");
        root = newRoot;
        emit RootSet(newRoot);
    }

    /// @param claimable [base units] since the beginning, by the root
    function claim(address account, address reward, uint256 claimable, bytes32[] calldata proof)
        external
        returns (uint256 amount)
    {
        require(root != bytes32(0), "Root not set");
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(account, reward, claimable))));
        require(MerkleProof.verifyCalldata(proof, root, leaf), "Invalid proof or expired");
        require(claimable > claimed[account][reward], "Claimable too low");
        amount = claimable - claimed[account][reward];
        claimed[account][reward] = claimable;
        IERC20(reward).safeTransfer(account, amount);
        emit Claimed(account, reward, amount);
    }
}
