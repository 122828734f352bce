import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { jsonOf, tinyServer } from './testing/tiny-server.ts'

const text = ['../../../docs/serving.md', '../README.md', '../../../compose.yaml', '../../../Dockerfile']
  .map((path) => readFileSync(new URL(path, import.meta.url), 'utf8'))
  .join('\n')

let tiny: Awaited<ReturnType<typeof tinyServer>>
beforeAll(async () => {
  tiny = await tinyServer()
})
afterAll(() => tiny.close())

it('names metrics that there are, and all that are our own', async () => {
  await tiny.ask('/v1/models/tiny/images/1.png')
  const told = await (await tiny.ask('/metrics')).text()
  const series = [...told.matchAll(/^(\w+)(?=[{ ])/gm)].map(([, name]) => name!)
  const known = new Set([...series, ...[...told.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name!)])
  const named = [...text.matchAll(/\b(?:gantry|process|nodejs)_\w+/g)].map(([name]) => name)
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((name) => !known.has(name))).toEqual([])
  const own = [...told.matchAll(/^# TYPE (gantry_\w+)/gm)].map(([, name]) => name!)
  expect(own.filter((name) => !named.includes(name))).toEqual([])
})

it('builds the image with the package manager of the repository', () => {
  const { packageManager } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
  expect(text).toContain(`npm install --global ${packageManager}\n`)
})

it('names addresses that there are', async () => {
  const { paths } = await jsonOf(await tiny.ask('/openapi.json'))
  const patterns = [...Object.keys(paths), '/', '/reference', '/openapi.json', '/metrics'].map(
    (path) => new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  )
  const named = [...text.matchAll(/`GET (\/[^`?]*)`|`(\/(?:healthz|readyz|metrics|reference|openapi\.json))`/g)].map(
    ([, first, second]) => (first ?? second)!,
  )
  expect(named.length).toBeGreaterThan(8)
  expect(named.filter((path) => !patterns.some((pattern) => pattern.test(path)))).toEqual([])
})
