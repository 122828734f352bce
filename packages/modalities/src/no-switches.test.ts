import { readdirSync, readFileSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Whoever may know a modality by name, and why. */
const ALLOWED = [
  'packages/modalities/src/',
  // What can be scored, and by what.
  'packages/metrics/src/evaluation/views/',
  // A network for pixels is another network.
  'packages/variants/src/architectures/has-pixels.ts',
]

const SWITCH = /[!=]==? *'(image|points)'|'(image|points)' *[!=]==?|case '(image|points)'|\? *'images?' *: *'points?'/

function sources(folder: string): string[] {
  return readdirSync(`${root}${folder}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(m?js|ts)$/.test(entry.name))
    .map((entry) => relative(root, `${entry.parentPath}/${entry.name}`).split(sep).join('/'))
    .filter((path) => /^\w+\/[\w-]+\/src\//.test(path) && !/\.test\.ts$|\/(testing|generated)\//.test(path))
}

it('nobody else asks whether samples are images or points', () => {
  const files = ['packages', 'apps', 'examples'].flatMap(sources)
  expect(files.length).toBeGreaterThan(400)
  const offences = files
    .filter((path) => !ALLOWED.some((allowed) => path.startsWith(allowed)))
    .flatMap((path) => {
      const lines = readFileSync(`${root}${path}`, 'utf8').split('\n')
      return lines.flatMap((line, index) => (SWITCH.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : []))
    })
  expect(offences).toEqual([])
})
