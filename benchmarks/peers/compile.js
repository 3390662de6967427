// SPDX-License-Identifier: AGPL-3.0-only
// Compile the Solidity peers and print {contract: {abi, code}}: optimizer on, 200 runs, for cancun.
"use strict";

const fs = require("fs");
const path = require("path");
const solc = require("solc");

const PEERS = ["MerkleRewards", "SoladyToken", "StakingRewards", "VotesToken"];

function readImport(name) {
  return { contents: fs.readFileSync(require.resolve(name), "utf8") };
}

function readPeer(name) {
  return [`${name}.sol`, { content: fs.readFileSync(path.join(__dirname, `${name}.sol`), "utf8") }];
}

const output = JSON.parse(
  solc.compile(
    JSON.stringify({
      language: "Solidity",
      sources: Object.fromEntries(PEERS.map(readPeer)),
      settings: {
        optimizer: { enabled: true, runs: 200 },
        evmVersion: "cancun",
        outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } },
      },
    }),
    { import: readImport },
  ),
);

const errors = (output.errors || []).filter((error) => error.severity === "error");
if (errors.length > 0) {
  process.stderr.write(errors.map((error) => error.formattedMessage).join("\n"));
  process.exit(1);
}

const artifacts = PEERS.map((name) => {
  const contract = output.contracts[`${name}.sol`][name];
  return [name, { abi: contract.abi, code: contract.evm.bytecode.object }];
});
process.stdout.write(JSON.stringify(Object.fromEntries(artifacts)));
