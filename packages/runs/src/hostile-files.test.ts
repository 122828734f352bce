import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { expectClearRefusals } from '@gantry/files/testing'
import { planOfAuthors } from '@gantry/variants'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readEvents } from './event-log.ts'
import { authorsFile } from './imports/read-authors-file.ts'
import { readHistory } from './read-history.ts'
import { RunFolder } from './run-folder.ts'
import { settingsFromFile } from './settings/settings.ts'

const before = fileURLToPath(new URL('./testing/fixtures/run-v1', import.meta.url))
const config = { variant: 'vanilla', data: 'ring8', steps: 10, options: { learningRate: 0.001 }, bind: {} }

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gantry-hostile-runs-'))
  await mkdir(join(root, 'run'))
})
afterAll(() => rm(root, { recursive: true }))

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value, null, 2))

describe('damaged and hostile files are read, or refused clearly', () => {
  it('configurations of runs', async () => {
    const files = [
      new Uint8Array(await readFile(join(before, 'config.json'))),
      bytesOf({ configVersion: 2, ...config }),
    ]
    await expectClearRefusals('run configurations', files, async (bytes) => {
      await writeFile(join(root, 'run/config.json'), bytes)
      return RunFolder.open(join(root, 'run'))
    })
  })

  it('settings files', async () => {
    const yaml = new TextEncoder().encode('steps: 10\nbatchSize: 8 # small\noptions:\n  learningRate: 1e-3\n')
    await expectClearRefusals('settings', [bytesOf({ steps: 10, options: { beta1: 0.5 } }), yaml], async (bytes) => {
      await writeFile(join(root, 'settings.yaml'), bytes)
      return settingsFromFile(join(root, 'settings.yaml'))
    })
  })

  it('events', async () => {
    const events = new Uint8Array(await readFile(join(before, 'events.jsonl')))
    await writeFile(join(root, 'run/config.json'), JSON.stringify({ configVersion: 2, ...config }))
    const run = await RunFolder.open(join(root, 'run'))
    await expectClearRefusals('events', [events], async (bytes) => {
      await writeFile(run.eventsPath, bytes)
      return readHistory(run)
    })
  })
})

describe('damaged and hostile networks of others', () => {
  it('are read, or refused clearly', async () => {
    const file = new URL('./testing/fixtures/stylegan2-ada/labelled.pkl.gz', import.meta.url)
    await expectClearRefusals('network pickles', [gunzipSync(await readFile(file))], async (bytes) =>
      planOfAuthors(authorsFile(bytes).networks),
    )
  })
})

describe('keys that JavaScript gives a meaning', () => {
  const names = ['__proto__', 'constructor', 'toString']
  const plain: Record<string, unknown> = {}

  it.each(names)('%s in a configuration is unknown, and changes nothing', async (name) => {
    const text = JSON.stringify({ configVersion: 2, ...config }).replace('{', `{"${name}":{"steps":7},`)
    await writeFile(join(root, 'run/config.json'), text)
    await expect(RunFolder.open(join(root, 'run'))).rejects.toMatchObject({ code: 'OPTION_UNKNOWN' })
    expect(plain.steps).toBeUndefined()
  })

  it('are names of scalars like any other', async () => {
    const scalars = `{${names.map((name, index) => `"${name}":${index}`).join(',')}}`
    const path = join(root, 'events.jsonl')
    const step = `{"type":"step","step":1,"steps":2,"secondsElapsed":1,"samplesPerSecond":1,"scalars":${scalars}}`
    await writeFile(path, `${step}\n{"type":"__proto__","step":1}\n{"__proto__":{"type":"step"},"step":1}\n`)
    const events = await readEvents(path)
    expect(events).toHaveLength(1)
    const [event] = events
    expect(event?.type === 'step' && Object.keys(event.scalars).sort()).toEqual([...names].sort())
  })
})
