/** How a table fits the terminal. */
interface Layout {
  /** Columns of the terminal. @default those of standard output; no limit where that is a pipe or a file */
  readonly width?: number;
  /** Headings of columns to omit where there is no room, the least important first; `--json` has everything. */
  readonly givesWay?: readonly string[];
}

type Rows = readonly (readonly string[])[];

const INDENT = '  ';
const GAP = '  ';
/** The length of labels, times and versions, which are read at a glance. */
const SHORT = 20;
/** Between words; a mark at the very beginning stays with what it marks. */
const BREAK = /(?<=..) /;

/** Columns of the terminal; no limit where there is none, so that a pipe gets every row on one line. */
export function terminalWidth(): number {
  return process.stdout.columns || Number.POSITIVE_INFINITY;
}

/**
 * Plain columns for people: each as wide as its widest cell, two blanks between them. Where that is wider than the terminal,
 * columns that give way are left out, which a line below says, and then the widest cells are wrapped: nothing is cut off.
 *
 * @param rows - cells by row; the first row is the heading
 */
export function table(rows: Rows, { width = terminalWidth(), givesWay = [] }: Layout = {}): string {
  const [heading = []] = rows;
  const left = [...givesWay];
  const out: string[] = [];
  const shown = () => rows.map((row) => row.filter((_, column) => !out.includes(heading[column] ?? '')));
  while (left.length > 0 && sum(widthsOf(shown(), naturalWidth)) > roomFor(shown(), width))
    out.push(left.shift() ?? '');
  const lines = linesOf(shown(), width);
  if (out.length === 0) return lines.join('\n');
  const note = `Not shown in ${width} columns: ${out.join(', ')}. With --json nothing is left out.`;
  return [...lines, '', ...wrapped(note, width - INDENT.length).map((line) => `${INDENT}${line}`)].join('\n');
}

/**
 * A text in lines that are not wider than this; only a word that is wider itself is broken.
 *
 * @param width - at least 1
 */
export function wrapped(text: string, width: number): readonly string[] {
  if (text.length <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(BREAK)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
    for (; line.length > width; line = line.slice(width)) lines.push(line.slice(0, width));
  }
  return [...lines, line];
}

function linesOf(rows: Rows, width: number): readonly string[] {
  const widths = fittingWidths(rows, roomFor(rows, width));
  return rows.flatMap((row) => {
    const cells = row.map((cell, column) => wrapped(cell, widths[column] ?? 1));
    const height = Math.max(1, ...cells.map(({ length }) => length));
    return Array.from({ length: height }, (_, line) =>
      `${INDENT}${cells.map((cell, column) => (cell[line] ?? '').padEnd(widths[column] ?? 0)).join(GAP)}`.trimEnd(),
    );
  });
}

/** The widest columns give room first; words and short cells are not broken as long as that is possible. */
function fittingWidths(rows: Rows, room: number): readonly number[] {
  const natural = widthsOf(rows, naturalWidth);
  if (sum(natural) <= room) return natural;
  const unbroken = capped(widthsOf(rows, unbrokenWidth), room);
  return filled(capped(natural, room, unbroken), natural, room);
}

/** Widths of which none is wider than a cap, the highest one with which they fit. */
function capped(widths: readonly number[], room: number, least: readonly number[] = []): readonly number[] {
  const under = (cap: number) => widths.map((width, column) => Math.max(Math.min(width, cap), least[column] ?? 1));
  let cap = Math.max(...widths);
  while (cap > 1 && sum(under(cap)) > room) cap -= 1;
  return under(cap);
}

/** What is left of the room goes to whoever could use it. */
function filled(widths: readonly number[], natural: readonly number[], room: number): readonly number[] {
  let rest = room - sum(widths);
  return widths.map((width, column) => {
    const more = Math.max(0, Math.min(rest, (natural[column] ?? 0) - width));
    rest -= more;
    return width + more;
  });
}

function widthsOf(rows: Rows, of: (cell: string) => number): readonly number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, of(cell));
  }
  return widths;
}

function roomFor(rows: Rows, width: number): number {
  const columns = Math.max(0, ...rows.map(({ length }) => length));
  return width - INDENT.length - GAP.length * (columns - 1);
}

const naturalWidth = (cell: string) => cell.length;
const unbrokenWidth = (cell: string) =>
  cell.length <= SHORT ? cell.length : Math.max(...cell.split(BREAK).map(({ length }) => length));
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/**
 * A time span for people, in at most two units: `43 s`, `2 min 5 s`, `1 h 2 min`, `12 days`.
 *
 * @param seconds - what is below zero counts as zero
 */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 48 * 3600) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} days`;
}

/** `20260102T030405`: AWS does not allow the separators of ISO 8601 in names. */
export function compactTime(time: Date): string {
  return time.toISOString().slice(0, 19).replace(/[-:]/g, '');
}
