import { existsSync, readFileSync } from 'node:fs'
import type { Machine } from './machine.ts'
import { formatSection, type Section } from './markdown.ts'

/** What one table has for the page. */
export interface PagePart {
  readonly name: string
  readonly title: string
  readonly sections: readonly Section[]
}

const HEAD = `# Benchmarks

Written by \`pnpm bench --write\`; how everything is measured: [apps/bench](../apps/bench/README.md).
`

const begin = (name: string) => `<!-- begin ${name} -->`
const end = (name: string) => `<!-- end ${name} -->`

/** The parts of a page that was written before, by name, in their order. */
export function readParts(page: string): Map<string, string> {
  const found = page.matchAll(/<!-- begin ([\w-]+) -->\n([\s\S]*?)\n<!-- end \1 -->/g)
  return new Map(Array.from(found, ([, name, text]) => [name!, text!]))
}

/** One part, with where and when it was measured: parts may be measured on different days. */
export function formatPart({ title, sections }: PagePart, machine: Machine, date: string, peak?: number): string {
  const { cpu, cores, memoryGb, platform, node, threads, loadBefore } = machine
  const place = `${cpu}, ${cores} cores, ${memoryGb} GB, ${platform}, Node ${node}; ${threads === 1 ? 'one thread' : `${threads} threads`} for every engine that has threads`
  const speed = peak === undefined ? '' : ` A product of two 2048×2048 matrices in ONNX Runtime: ${peak} GFLOP/s.`
  const head = `Measured on ${date.slice(0, 10)}: ${place}; load average before ${loadBefore}.${speed}`
  return [`## ${title}`, head, ...sections.map(formatSection)].join('\n\n')
}

/**
 * The page with new parts in place of old ones of the same name; the others stay as they were measured, and so does what
 * somebody has written behind the last of them.
 *
 * @param order names of all parts there are: others are dropped
 */
export function updatePage(path: string, parts: ReadonlyMap<string, string>, order: readonly string[]): string {
  const page = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const all = readParts(page)
  const written = /<!-- end [\w-]+ -->(?![\s\S]*<!-- end )([\s\S]*)$/.exec(page)?.[1]?.trim() ?? ''
  for (const [name, text] of parts) all.set(name, text)
  const present = order.filter((name) => all.has(name))
  const measured = present.map((name) => `${begin(name)}\n${all.get(name)!}\n${end(name)}\n`)
  return [HEAD, ...measured, ...(written === '' ? [] : [`${written}\n`])].join('\n')
}
