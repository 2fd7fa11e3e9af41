import { markdownTable, median } from './figures.ts';
import { AS_DEPLOYED, AS_PEERS, ERAS, type Era, type Kind, type Subject } from './subjects.ts';
import type { TokenCost } from './token-cost.ts';

/** What came out for one server in one era. */
export type Result = {
  readonly subject: Subject;
  /** CPU microseconds a request, by round. */
  readonly rounds: readonly number[];
  /** Names of bad tokens that it accepted; `undefined` for a server that looks at no token. */
  readonly acceptedBadTokens: readonly string[] | undefined;
};

const MAX_OF_BEST_PEER = 0.3;
const MAX_OF_FLOOR = 4.5;
const MAX_KNOWN_TOKEN = 8;
const MAX_NEW_TOKEN = 60;

/** CPU time for a request by server and era, with the range of the rounds. */
export function peerTable(results: readonly Result[]): string {
  const names = [...new Set(results.map(({ subject }) => subject.name))];
  const rows = names.map((name) => {
    const own = results.filter(({ subject }) => subject.name === name);
    const cells = ERAS.map((era) => showRounds(own.find(({ subject }) => subject.era === era)?.rounds));
    const [first] = own;
    return [name, ...cells, first?.acceptedBadTokens === undefined ? '' : acceptedBy(own)];
  });
  return markdownTable([['server', 'legacy, µs', 'modern, µs', 'bad tokens accepted'], ...rows]);
}

/** Our own figures as parts or multiples of others', beside what they may be at most. */
export function targetTable(results: readonly Result[]): string {
  const compare = (name: string, kinds: readonly Kind[], against: string, most?: number): string[] => {
    const ratios = ERAS.map((era) => {
      const own = lowest(results, era, ({ subject }) => subject.name === name);
      return judged(own / lowest(results, era, ({ subject }) => kinds.includes(subject.kind)), 2, most);
    });
    return [`${name} ÷ ${against}`, ...ratios, most?.toFixed(2) ?? ''];
  };
  return markdownTable([
    ['ratio', ...ERAS, 'at most'],
    compare(AS_PEERS, ['peer'], 'best peer', MAX_OF_BEST_PEER),
    compare(AS_PEERS, ['floor'], 'raw', MAX_OF_FLOOR),
    compare(AS_PEERS, ['peer', 'tuned'], 'best peer, tuned by us'),
    compare(AS_DEPLOYED, ['peer'], 'best peer'),
    compare(AS_DEPLOYED, ['floor'], 'raw'),
  ]);
}

/** What authentication costs by itself. */
export function costTable(costs: readonly TokenCost[]): string {
  const rows = costs.map(({ bytes, known, fresh }) => [
    `${bytes} bytes`,
    judged(known, 1, MAX_KNOWN_TOKEN),
    judged(fresh, 1, MAX_NEW_TOKEN),
  ]);
  const limits = ['at most', String(MAX_KNOWN_TOKEN), String(MAX_NEW_TOKEN)];
  return markdownTable([['token', 'known token, µs', 'new token, µs'], ...rows, limits]);
}

/** The lowest median of those that fit. */
function lowest(results: readonly Result[], era: Era, fits: (result: Result) => boolean): number {
  const those = results.filter((result) => result.subject.era === era && fits(result));
  return Math.min(...those.map(({ rounds }) => median(rounds)));
}

function judged(figure: number, digits: number, most = Number.POSITIVE_INFINITY): string {
  return `${figure.toFixed(digits)}${figure <= most ? '' : ' **over**'}`;
}

function showRounds(rounds: readonly number[] | undefined): string {
  if (rounds === undefined) return 'not spoken';
  return `**${median(rounds).toFixed(0)}** (${Math.min(...rounds).toFixed(0)} to ${Math.max(...rounds).toFixed(0)})`;
}

function acceptedBy(own: readonly Result[]): string {
  const names = new Set(own.flatMap(({ acceptedBadTokens }) => acceptedBadTokens ?? []));
  return names.size === 0 ? 'none' : [...names].join(', ');
}
