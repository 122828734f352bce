export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The number with so many decimals. */
export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))

/**
 * Fits y = a·xᵏ by least squares on log–log axes.
 *
 * @returns k, and R² on those axes: 1 where the points lie on a straight line
 */
export function fitExponent(points: readonly (readonly [x: number, y: number])[]): {
  readonly exponent: number
  readonly fit: number
} {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const)
  const mean = (axis: 0 | 1) => logs.reduce((sum, point) => sum + point[axis], 0) / logs.length
  const [meanX, meanY] = [mean(0), mean(1)]
  const sum = (term: (x: number, y: number) => number) =>
    logs.reduce((total, [x, y]) => total + term(x - meanX, y - meanY), 0)
  const spreadX = sum((x) => x * x)
  const spreadY = sum((_, y) => y * y)
  const exponent = sum((x, y) => x * y) / spreadX
  return { exponent, fit: spreadY === 0 ? 1 : (exponent ** 2 * spreadX) / spreadY }
}
