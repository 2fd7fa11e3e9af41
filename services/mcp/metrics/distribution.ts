/** Four buckets per doubling: a reported value is at most 9 % too high or too low. */
const BUCKETS_PER_DOUBLING = 4;
/** 2^-6 to 2^17: 16 microseconds to 131 seconds, longer than any call. That makes 93 buckets; the format allows 100. */
const LOWEST_EXPONENT = -6;
const HIGHEST_EXPONENT = 17;
const BUCKETS = (HIGHEST_EXPONENT - LOWEST_EXPONENT) * BUCKETS_PER_DOUBLING + 1;

/** A distribution as CloudWatch reads it: values and their counts. */
export type DistributionValue = {
  readonly Values: readonly number[];
  readonly Counts: readonly number[];
  readonly Min: number;
  readonly Max: number;
  readonly Sum: number;
  readonly Count: number;
};

/** Durations in logarithmic buckets: bounded memory, with percentiles that are accurate enough to act on. */
export class Distribution {
  readonly #counts = new Uint32Array(BUCKETS);
  #count = 0;
  #sum = 0;
  #minimum = Number.POSITIVE_INFINITY;
  #maximum = 0;

  /** @param value in milliseconds; a negative one, from a clock that moved back, counts as zero */
  add(value: number): void {
    const duration = Math.max(value, 0);
    const index = indexOf(duration);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count += 1;
    this.#sum += duration;
    if (duration < this.#minimum) this.#minimum = duration;
    if (duration > this.#maximum) this.#maximum = duration;
  }

  /** @returns `undefined` when nothing was added */
  get value(): DistributionValue | undefined {
    if (this.#count === 0) return undefined;
    const Values: number[] = [];
    const Counts: number[] = [];
    this.#counts.forEach((count, index) => {
      if (count === 0) return;
      // Within the measured range: a percentile never exceeds the maximum.
      Values.push(rounded(Math.min(Math.max(middleOf(index), this.#minimum), this.#maximum)));
      Counts.push(count);
    });
    return {
      Values,
      Counts,
      Min: rounded(this.#minimum),
      Max: rounded(this.#maximum),
      Sum: rounded(this.#sum),
      Count: this.#count,
    };
  }
}

/** The first and the last bucket also take values beyond the range. */
function indexOf(duration: number): number {
  const index = Math.round((Math.log2(duration) - LOWEST_EXPONENT) * BUCKETS_PER_DOUBLING);
  return Math.min(Math.max(index, 0), BUCKETS - 1);
}

function middleOf(index: number): number {
  return 2 ** (index / BUCKETS_PER_DOUBLING + LOWEST_EXPONENT);
}

/** To microseconds. */
function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
