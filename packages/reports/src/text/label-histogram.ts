import { counted } from '@gantry/core'
import { table } from './table.ts'

/** Rows that fit on a screen; more classes than that are shown in groups. */
const MAXIMUM_ROWS = 25

const BAR_LENGTH = 32

/** How often each label occurs, as bars of text: `cat  ████████  5000`, or `000–039` for neighbouring classes. */
export function labelHistogram(labels: readonly string[], counts: readonly number[]): string[] {
  const rows = labels.length <= MAXIMUM_ROWS ? single(labels, counts) : grouped(labels, counts)
  const most = Math.max(...rows.map(({ count }) => count), 1)
  return table(
    rows.map(({ name, count }) => {
      // A class that occurs at all shows.
      const length = count === 0 ? 0 : Math.max(1, Math.round((count / most) * BAR_LENGTH))
      return [name, '█'.repeat(length).padEnd(BAR_LENGTH), String(count)]
    }),
  )
}

/** `10 classes of 980 to 1135 samples`. */
export function describeCounts(counts: readonly number[]): string {
  // Math.min(...) would run out of arguments for the largest sets of classes.
  const least = counts.reduce((low, count) => Math.min(low, count), Number.POSITIVE_INFINITY)
  const most = counts.reduce((high, count) => Math.max(high, count), 0)
  return `${counted(counts.length, 'class', 'classes')} of ${least === most ? counted(least, 'sample') : `${least} to ${most} samples`}`
}

function single(labels: readonly string[], counts: readonly number[]) {
  return labels.map((name, index) => ({ name, count: counts[index]! }))
}

function grouped(labels: readonly string[], counts: readonly number[]) {
  const size = Math.ceil(labels.length / MAXIMUM_ROWS)
  return Array.from({ length: Math.ceil(labels.length / size) }, (_, group) => {
    const [start, end] = [group * size, Math.min((group + 1) * size, labels.length)]
    const name = end - start === 1 ? labels[start]! : `${labels[start]}–${labels[end - 1]}`
    return { name, count: counts.slice(start, end).reduce((sum, count) => sum + count, 0) }
  })
}
