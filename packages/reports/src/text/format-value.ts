/** Four significant digits, and no exponent where it can be helped. */
export function formatValue(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size < 1e-4) return value.toExponential(1)
  return size >= 1000 ? value.toFixed(0) : value.toPrecision(4)
}

/** `[0.9821, 0.9874]` */
export function formatInterval([low, high]: readonly [number, number]): string {
  return `[${formatValue(low)}, ${formatValue(high)}]`
}
