import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as core from '@gantry/core'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { tinyServer } from '../../server/src/testing/tiny-server.ts'
import * as client from './index.ts'

it('does what its README says', async () => {
  const [, example] = /^```ts\n([\s\S]*?)^```/m.exec(readFileSync(new URL('../README.md', import.meta.url), 'utf8'))!
  const fixture = new URL('../../runs/src/testing/fixtures/exports-v1/cgan-v1.onnx', import.meta.url)
  const served = await tinyServer({ models: [`digits=${fileURLToPath(fixture)}`] })
  try {
    const { url } = await served.server.listen({ port: 0 })
    const code = ts
      .transpile(example!, { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext })
      .replaceAll(/^import (\{.*\}) from '@gantry\/(\w+)';$/gm, 'const $1 = packages.$2;')
      .replace('http://127.0.0.1:8080', url)
    const lines: unknown[][] = []
    const run = new Function('packages', 'console', `return (async () => {${code}})()`)
    await run({ client, core }, { log: (...line: unknown[]) => lines.push(line) })
    expect(lines).toEqual([
      [422, 'LABEL_UNKNOWN', expect.stringContaining("'eleven'")],
      [
        [expect.objectContaining({ name: 'labels' })],
        expect.any(Number),
        'image/png',
        'image/webp',
        expect.any(Number),
      ],
      [['samples'], ['samples']],
    ])
  } finally {
    await served.close()
  }
})
