# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run deploy`: the oracle, the registry with its blueprints, the lens, the three feeds."""

from pathlib import Path

from commands.deploy.system import deploy_system
from commands.shell.options import Sender, parameters_option, sending_command


@sending_command(short_help="Deploy the system.")
@parameters_option
def cli(sender: Sender, parameters_file: Path | None) -> None:
    """Deploy oracle, registry with its ERC-5202 blueprints, lens, and three feeds.

    What to deploy stands in parameters/<network>.toml; parameters/example.toml is one to copy. The
    command compares it with the records in deployments/<chain_id>-<network>/, shows what it would
    do and with which arguments, asks, and deploys what is missing. Every constructor value is read
    back from the chain before a contract is recorded. Run it again after a failure: it goes on
    where it stopped.

    On local networks it also deploys a mock reward token, if the parameters say so. On live ones
    the git tree must be clean, so that the recorded commit can build the same bytecode.

    \b
    Examples
      Rehearse in process, keep nothing:
        ape run deploy --account TEST::0 --dry-run
      On the local node of `make devnet` (every command needs the variable then):
        export APE_FOUNDRY_HOST=http://127.0.0.1:8545
        ape run deploy --network ethereum:local:foundry --account TEST::0 --yes
      On Sepolia, with an account from `ape accounts import deployer`:
        ape run deploy --network ethereum:sepolia:node --account deployer
    """
    session = sender.session
    parameters = session.parameters(parameters_file)
    deploy_system(session, parameters, is_dry=sender.is_dry, is_agreed=sender.is_agreed)
