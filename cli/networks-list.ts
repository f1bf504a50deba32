/** What `cheetah networks` prints. */
import { listNetworks } from '../networks/zoo/registry.js';
import { givenColumn, NOT_AVAILABLE, type TableRow } from '../report/table.js';
import { textTable } from '../report/table-text.js';
import { terminalStyle } from '../report/terminal.js';

const COLUMNS = [
  givenColumn('left', 'network', 'network'),
  givenColumn('left', 'input', 'input'),
  givenColumn('right', 'classes', 'classes'),
  givenColumn('right', 'parameters', 'parameters'),
  givenColumn('right', 'macs', 'MACs an image'),
];

/** A line for each input a network is meant for; `n/a` where one of a plugin says none. */
export function printNetworks(form: 'table' | 'json'): void {
  const networks = listNetworks();
  if (form === 'json') {
    console.log(JSON.stringify(networks, undefined, 2));
    return;
  }
  const rows = networks.flatMap(({ name, uses }): TableRow[] => {
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
  });
  process.stdout.write(textTable({ columns: COLUMNS, rows }, terminalStyle(process.stdout)));
}

/** A whole number with its thousands apart. */
const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');
