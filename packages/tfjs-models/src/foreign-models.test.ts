import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { expectCases } from './testing/expect-cases.ts'

const root = fileURLToPath(new URL('./testing/models/', import.meta.url))
const models = readdirSync(root, { withFileTypes: true }).flatMap((folder) =>
  folder.isDirectory()
    ? readdirSync(root + folder.name)
        .filter((kind) => kind === 'graph' || kind === 'layers')
        .map((kind) => [folder.name, kind] as const)
    : [],
)

it.each(models)('%s, a %s model of others, gives their answers at every size', async (name, kind) => {
  await expectCases(root + name, kind, name)
})

it('has models of both kinds', () => {
  expect(new Set(models.map(([, kind]) => kind))).toEqual(new Set(['graph', 'layers']))
})
