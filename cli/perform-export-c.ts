/** The work behind `cheetah export-c`. */
import { exportC } from '../networks/files/export-c.js';
import type { RequantizeMode } from '../networks/integer/requantize.js';

export interface ExportCArguments {
  model: string;
  output: string;
  requantize: RequantizeMode;
  json: boolean | undefined;
}

export function performExportC({ model, output, requantize, json }: ExportCArguments): void {
  const written = exportC(model, output, requantize);
  if (json) {
    console.log(JSON.stringify(written, null, 2));
    return;
  }
  const { files, run, constantBytes, arenaBytes } = written;
  console.log(
    `${run} in ${files.join(' and ')}: constants ${constantBytes} bytes, arena ${arenaBytes} bytes`,
  );
}
