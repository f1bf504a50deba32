/** Command lines that read the file at `path`; one of them would write `out`. */
export const commandsOf = (path: string, out: string): string[][] => [
  ['plot', path],
  ['cost', 'fit', path, '--name', 'mine', '--out', out],
  ['--plugin', path, 'encode', 'posit8es1', '1'],
  ['sweep', path],
  ['notebook', 'run', path],
];
