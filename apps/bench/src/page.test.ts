import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { formatTable } from './markdown.ts'
import { readParts, updatePage } from './page.ts'

it('aligns the columns of a table', () => {
  const lines = formatTable(
    ['engine', 'ms'],
    [
      ['a', '1'],
      ['longer', '1,000'],
    ],
  ).split('\n')
  expect(new Set(lines.map(({ length }) => length)).size).toBe(1)
})

it('replaces the parts that were measured, keeps the others, and drops what no table writes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-page-'))
  const path = join(folder, 'page.md')
  const order = ['cases', 'memory', 'scale']
  writeFileSync(
    path,
    updatePage(
      path,
      new Map([
        ['scale', 'old\n\nlines'],
        ['cases', 'kept'],
      ]),
      order,
    ),
  )
  const updated = updatePage(path, new Map([['scale', 'new']]), order)
  expect([...readParts(updated)]).toEqual([
    ['cases', 'kept'],
    ['scale', 'new'],
  ])
  expect(readParts(updatePage(path, new Map(), ['cases'])).has('scale')).toBe(false)
  rmSync(folder, { recursive: true })
})

it('keeps what is written behind the measured parts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-page-'))
  const path = join(folder, 'page.md')
  writeFileSync(path, `${updatePage(path, new Map([['cases', 'old']]), ['cases'])}\n## Leads\n\nWhat paid.\n`)
  const updated = updatePage(path, new Map([['cases', 'new']]), ['cases'])
  expect(updated).toContain('new')
  expect(updated).not.toContain('old')
  expect(updated.endsWith('<!-- end cases -->\n\n## Leads\n\nWhat paid.\n')).toBe(true)
  rmSync(folder, { recursive: true })
})
