/** What the terminal can show: how wide it is, and whether it wants colour. */

/** The part of a stream that decides; `process.stdout` has it. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface TerminalStyle {
  /** Characters a line may have; Infinity where nobody looks at a screen (a pipe, a file). */
  readonly width: number;
  readonly colour: 'colour' | 'plain';
}

/**
 * The style for a stream. Colour only on a terminal, and never where NO_COLOR is set to anything but the empty
 * string (no-color.org) or TERM is `dumb`. Output into a pipe or a file is never cut to a width.
 */
export function terminalStyle(
  screen: Screen,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): TerminalStyle {
  const onTerminal = screen.isTTY === true;
  const wantsColour = onTerminal && !environment.NO_COLOR && environment.TERM !== 'dumb';
  return {
    width: onTerminal && screen.columns ? Math.max(40, screen.columns) : Number.POSITIVE_INFINITY,
    colour: wantsColour ? 'colour' : 'plain',
  };
}

/** `text` in bold or dim where the style has colour, unchanged where it has not. */
export function emphasise(text: string, emphasis: 'bold' | 'dim', style: TerminalStyle): string {
  if (style.colour === 'plain' || text === '') return text;
  // ECMA-48 "select graphic rendition": 1 bold, 2 dim, 22 neither.
  return `\u001b[${emphasis === 'bold' ? 1 : 2}m${text}\u001b[22m`;
}
