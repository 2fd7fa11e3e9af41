import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** What stands out: marks with their word, verdicts, and the headings of tables. */
const STYLES: readonly (readonly [RegExp, Style])[] = [
  [/✔(?: green)?|(?<=^Canary )green\b/gm, 'green'],
  [/✘(?: red)?|❌|(?<=^Canary )red\b/gm, 'red'],
  [/≈|(?<=^ *)–(?= )/gm, 'yellow'],
  [/(?<=^ {2,})[A-Z][A-Z ]*[A-Z]$/gm, 'bold'],
];

/**
 * A text for people in the colours of a terminal; as it is where the stream is none, or NO_COLOR is set.
 *
 * Colour is added last, to what is written: no width is counted with it, and nothing depends on it.
 */
export function coloured(text: string, stream: { hasColors?(): boolean }): string {
  // Asks for NO_COLOR and TERM too. https://nodejs.org/api/tty.html#writestreamhascolorscount-env
  if (!stream.hasColors?.()) return text;
  return STYLES.reduce(
    (sofar, [pattern, style]) => sofar.replace(pattern, (match) => styleText(style, match, { validateStream: false })),
    text,
  );
}
