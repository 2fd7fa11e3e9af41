/** The widest line of a generated block. */
const WIDTH = 118;

/** A table whose columns are padded, so that it can be read without being rendered. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, ...[title, ...rows.map((row) => row[column] ?? '')].map(length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => pad(cells[column] ?? '', width)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** A point of a list, wrapped and indented. */
export function point(text: string, depth = 0): string {
  const indent = '  '.repeat(depth);
  const lines = [''];
  // What is in brackets stays on one line: the text of a link, and a list, which Biome would take for a link.
  for (const word of text.match(/\[[^\]]*\](?:\([^)]*\))?\S*|\S+/g) ?? []) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (indent.length + 2 + length(line) + 1 + length(word) <= WIDTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.map((line, index) => `${indent}${index === 0 ? '-' : ' '} ${line}`).join('\n');
}

/**
 * A list of names with what is said about each. Unlike a wide table, a terminal shows it well.
 *
 * @param note - what stands behind a name
 * @param sentences - without their full stops
 */
export function entries(
  items: readonly { readonly name: string; readonly note?: string; readonly sentences: readonly string[] }[],
): string {
  return items
    .map(({ name, note, sentences }) => {
      const text = sentences.map((each) => `${each.charAt(0).toUpperCase()}${each.slice(1).replace(/\.$/, '')}.`);
      return point(`**${code(name)}**${note ? ` ${note}` : ''}: ${text.join(' ')}`);
    })
    .join('\n');
}

/** A text as code. */
export function code(text: string): string {
  return `\`${text}\``;
}

function length(text: string): number {
  return [...text].length;
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(width - length(text));
}
