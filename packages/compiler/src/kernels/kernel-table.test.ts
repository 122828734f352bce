import { Identity } from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { skips } from '../../conformance/skips.mjs'
import { refusals } from './refusals.ts'
import { kernels, knownKernels } from './register.ts'

const known = knownKernels().sort()
const recorded = known.filter((name) => kernels[name] !== undefined || name === Identity)

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

const code = (name: string) => `\`${name}\``

function page(): string {
  return `# TF.js kernels that can be recorded

Written by \`npx vitest run --project compiler kernel-table -u\` from the kernels themselves and from the list of skipped
specs in \`packages/compiler/conformance/skips.mjs\`; a test fails when it is out of date.

\`pnpm --filter @gantry/compiler conformance\` runs the operation tests that ship inside \`@tensorflow/tfjs-core\` on the
recording backend.

## Recorded: ${recorded.length} of ${known.length}

${recorded.map(code).join(', ')}

## Refused by name

${table(
  ['Kernels', 'Why', 'What to write instead'],
  refusals.map(({ kernels, reason, instead }) => [kernels.map(code).join(', '), reason, instead]),
)}

## Specs that are skipped

${table(
  ['Why', 'Specs whose name matches'],
  skips.map(({ reason, specs = [], always = [] }) => [
    reason,
    [...specs, ...always].map((spec) => code(String(spec).replaceAll('|', '\\|'))).join('<br>'),
  ]),
)}
`
}

describe('the table of kernels', () => {
  it('has every kernel of TF.js once: recorded, or refused with a reason', () => {
    expect([...recorded, ...refusals.flatMap((refusal) => refusal.kernels)].sort()).toEqual(known)
  })

  it('is the page in the docs', async () => {
    await expect(page()).toMatchFileSnapshot('../../../../docs/kernels.md')
  })
})
