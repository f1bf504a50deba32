/** What `cheetah networks` prints. */
import { describeModel } from '../networks/files/model.js';
import { folderOfWeights, hasWeights, namedWeights } from '../networks/files/named-weights.js';
import { listNetworks, type NetworkFacts } from '../networks/zoo/registry.js';
import { givenColumn, NOT_AVAILABLE, type TableRow } from '../report/table.js';
import { textTable } from '../report/table-text.js';
import { terminalStyle } from '../report/terminal.js';

const NETWORKS = [
  givenColumn('left', 'network', 'network'),
  givenColumn('left', 'input', 'input'),
  givenColumn('right', 'classes', 'classes'),
  givenColumn('right', 'parameters', 'parameters'),
  givenColumn('right', 'macs', 'MACs an image'),
];

const WEIGHTS = [
  givenColumn('left', 'name', 'weights'),
  givenColumn('left', 'network', 'network'),
  givenColumn('left', 'dataset', 'data set'),
  givenColumn('right', 'epochs', 'epochs'),
  givenColumn('right', 'accuracy', 'float32 accuracy (%)'),
  givenColumn('right', 'images', 'test images'),
  givenColumn('left', 'here', 'here'),
];

/** Trained weights that come with the package; accuracies are float32, on all test images, shares from 0 to 1. */
interface WeightsFacts {
  readonly name: string;
  readonly network: string;
  readonly dataset: string;
  readonly seed: number;
  readonly epochs: number;
  readonly accuracy: number;
  /** Wilson's 95 % interval. */
  readonly accuracyLow: number;
  readonly accuracyHigh: number;
  readonly testImages: number;
  /** How they are trained again. */
  readonly command: string;
  /** The npm package has descriptions of all, but no weights of more than 1 MB. */
  readonly here: 'yes' | 'no';
}

async function listWeights(): Promise<WeightsFacts[]> {
  const described = namedWeights().map(async (name): Promise<WeightsFacts> => {
    const { network, notes } = await describeModel(folderOfWeights(name));
    const number = (key: string): number => Number(notes[key]);
    return {
      name,
      network: network.name,
      dataset: String(notes.dataset),
      seed: number('seed'),
      epochs: number('epochs'),
      accuracy: number('accuracy'),
      accuracyLow: number('accuracyLow'),
      accuracyHigh: number('accuracyHigh'),
      testImages: number('testCount'),
      command: String(notes.command),
      here: hasWeights(name) ? 'yes' : 'no',
    };
  });
  return Promise.all(described);
}

/** Networks with a line for each input they are meant for (`n/a` where one of a plugin says none), and the weights there are. */
export async function printNetworks(form: 'table' | 'json'): Promise<void> {
  const networks = listNetworks();
  const weights = await listWeights();
  if (form === 'json') {
    const own = (name: string) => weights.filter(({ network }) => network === name);
    const all = networks.map((network) => ({ ...network, weights: own(network.name) }));
    console.log(JSON.stringify(all, undefined, 2));
    return;
  }
  const style = terminalStyle(process.stdout);
  process.stdout.write(textTable({ columns: NETWORKS, rows: networks.flatMap(networkRows) }, style));
  if (weights.length === 0) return;
  const rows = weights.map((facts): TableRow => {
    const { name, network, dataset, epochs, testImages, here } = facts;
    return {
      name,
      network,
      dataset,
      epochs,
      accuracy: accuracyText(facts),
      images: grouped(testImages),
      here,
    };
  });
  process.stdout.write(`\n${textTable({ columns: WEIGHTS, rows }, style)}`);
}

function networkRows({ name, uses }: NetworkFacts): TableRow[] {
  if (uses.length === 0) {
    const unknown = { classes: NOT_AVAILABLE, parameters: NOT_AVAILABLE, macs: NOT_AVAILABLE };
    return [{ network: name, input: NOT_AVAILABLE, ...unknown }];
  }
  return uses.map(({ input, classes, parameters, macs }) => ({
    network: name,
    input: input.join('×'),
    classes,
    parameters: grouped(parameters),
    macs: grouped(macs),
  }));
}

/** `87.65 [86.99, 88.28]`. */
function accuracyText({ accuracy, accuracyLow, accuracyHigh }: WeightsFacts): string {
  const percent = (share: number): string => (100 * share).toFixed(2);
  return `${percent(accuracy)} [${percent(accuracyLow)}, ${percent(accuracyHigh)}]`;
}

/** A whole number with its thousands apart. */
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
