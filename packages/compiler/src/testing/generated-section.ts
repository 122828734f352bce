import { readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'

/** True when generated parts of documents are to be written, not checked. */
export const writesDocuments = process.env.GANTRY_WRITE_DOCS === '1'

/**
 * Holds a part of a document, between `<!-- begin NAME -->` and `<!-- end NAME -->`, to what a test knows. With
 * `GANTRY_WRITE_DOCS=1` it is written instead.
 */
export function expectSection(file: URL, name: string, lines: readonly string[]): void {
  const text = readFileSync(file, 'utf8')
  const [begin, end] = [`<!-- begin ${name} -->\n`, `<!-- end ${name} -->`]
  const [start, stop] = [text.indexOf(begin), text.indexOf(end)]
  expect(start, `${file.pathname} has a section '${name}'`).toBeGreaterThanOrEqual(0)
  expect(stop).toBeGreaterThan(start)
  const own = `${lines.join('\n')}\n`
  if (writesDocuments) writeFileSync(file, text.slice(0, start + begin.length) + own + text.slice(stop))
  else expect(text.slice(start + begin.length, stop), 'run with GANTRY_WRITE_DOCS=1 to write it anew').toBe(own)
}
