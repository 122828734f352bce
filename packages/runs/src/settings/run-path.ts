import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'

/** Where runs go that are given no name: `runs/vanilla-ring8`, then `runs/vanilla-ring8-2` … */
export function newRunPath(variant: string, data: string): string {
  return numbered(variant, data).next
}

/** The last of the folders that {@link newRunPath} gave, or the first when there is none. */
export function latestRunPath(variant: string, data: string): string {
  const { latest, next } = numbered(variant, data)
  return latest ?? next
}

function numbered(variant: string, data: string): { latest: string | undefined; next: string } {
  // `folder:/pictures/cats` → `cats`; `few:10,folder:/pictures/cats` → `few-10-cats`
  const names = data.split(',').map((part) => basename(part.replace(/^folder:/, '')))
  const dataset = names.join('-').replaceAll(/[^\w.-]+/g, '-') || 'data'
  const base = join('runs', `${variant}-${dataset}`)
  let latest: string | undefined
  let next = base
  for (let number = 2; existsSync(next); number++) {
    latest = next
    next = `${base}-${number}`
  }
  return { latest, next }
}
