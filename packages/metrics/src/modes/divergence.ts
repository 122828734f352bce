/**
 * KL(p ‖ q) in nats of the distributions that counts stand for; q is uniform by default. Infinite where p has what q lacks,
 * NaN where one of them is empty.
 */
export function divergence(counts: ArrayLike<number>, reference?: ArrayLike<number>): number {
  const total = sum(counts)
  const referenceTotal = reference === undefined ? counts.length : sum(reference)
  if (total === 0 || referenceTotal === 0) return Number.NaN
  return Array.from(counts).reduce((result, count, index) => {
    if (count === 0) return result
    const share = count / total
    return result + share * Math.log(share / ((reference?.[index] ?? 1) / referenceTotal))
  }, 0)
}

function sum(counts: ArrayLike<number>): number {
  return Array.from(counts).reduce((total, count) => total + count, 0)
}
