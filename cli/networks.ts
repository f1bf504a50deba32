/** `cheetah networks`: the networks by name. */
import type { CommandModule } from 'yargs';

interface NetworksArguments {
  json: boolean;
}

export const networksCommand: CommandModule<object, NetworksArguments> = {
  command: 'networks',
  describe: 'list the networks by name and the trained weights there are: sizes, accuracies',
  builder: (parser) =>
    parser
      .option('json', { type: 'boolean', default: false, describe: 'print JSON' })
      .example('$0 networks', 'names for --network and --weights')
      .epilog('A network takes other inputs too, where they suit; a JSON file describes one of your own.'),
  handler: async ({ json }) => {
    const { printNetworks } = await import('./networks-list.js');
    await printNetworks(json ? 'json' : 'table');
  },
};
