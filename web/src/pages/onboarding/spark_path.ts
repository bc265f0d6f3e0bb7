/** A line through values at even distances, in a box of this size. */
export function sparkPath(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return '';
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  const round = (value: number) => Math.round(value * 10) / 10;
  return values.map((value, i) => {
    const y = span === 0 ? height / 2 : height - ((value - low) / span) * height;
    return `${i === 0 ? 'M' : 'L'}${round((i / (values.length - 1)) * width)} ${round(y)}`;
  }).join('');
}
