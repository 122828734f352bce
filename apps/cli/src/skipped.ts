import type { DatasetDescription } from '@gantry/core'
import { note } from './output.ts'

/** Says which files were left out; a damaged image that only decoding found is replaced by its neighbour. */
export function noteSkipped({ name, skipped }: { name: string; skipped: DatasetDescription['skipped'] }): void {
  if (skipped.length === 0) return
  const first = skipped.slice(0, 3).map((file) => `${file.name} ${file.reason}`)
  const files = skipped.length === 1 ? 'file of it was' : 'files of it were'
  note(`warning: ${name}: ${skipped.length} ${files} left out: ${first.join('; ')}${skipped.length > 3 ? ' …' : ''}`)
}
