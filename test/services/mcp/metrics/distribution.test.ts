import fc from 'fast-check';
import { Distribution } from '../../../../services/mcp/metrics/distribution.ts';

const durations = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 400 });
const distributionOf = (values: readonly number[]) => {
  const distribution = new Distribution();
  for (const value of values) distribution.add(value);
  return distribution.value;
};

test('without a value there is no distribution', () => {
  expect(distributionOf([])).toBeUndefined();
});

test('any values: each counted once, extremes and sum exact, never more values than CloudWatch takes', () => {
  fc.assert(
    fc.property(durations, (values) => {
      const { Values = [], Counts = [], Min = Number.NaN, Max = Number.NaN, Sum, Count } = distributionOf(values) ?? {};
      expect(Values.length).toBeLessThanOrEqual(100);
      expect(Counts).toHaveLength(Values.length);
      expect(Counts.reduce((one, other) => one + other, 0)).toBe(values.length);
      expect(Math.min(...Values)).toBeGreaterThanOrEqual(Min);
      expect(Math.max(...Values)).toBeLessThanOrEqual(Max);
      expect({ Min, Max, Sum, Count }).toEqual({
        Min: expect.closeTo(Math.min(...values), 2),
        Max: expect.closeTo(Math.max(...values), 2),
        Sum: expect.closeTo(
          values.reduce((one, other) => one + other),
          2,
        ),
        Count: values.length,
      });
    }),
  );
});

test('a value is reported at most 9 % too high or too low', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.02, max: 130_000, noNaN: true }), (value) => {
      // Between two others, since the extremes are exact.
      const reported = distributionOf([0, value, 1e6])?.Values[1] ?? Number.NaN;
      // Half a microsecond for the rounding of what is written.
      expect(Math.abs(reported - value)).toBeLessThanOrEqual(0.0906 * value + 0.0005);
    }),
  );
});

test('a clock that moved back counts as zero', () => {
  expect(distributionOf([-5])).toMatchObject({ Min: 0, Max: 0, Sum: 0, Count: 1 });
});
