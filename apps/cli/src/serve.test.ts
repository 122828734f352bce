import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { endlessGenerator, truncatedGenerator } from '../../../packages/runs/src/testing/tiny-models.ts'
import { gantry, start } from './testing/gantry.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-serve-'))
  await writeFile(join(folder, 'tiny.onnx'), truncatedGenerator())
})
afterAll(() => rm(folder, { recursive: true }))

it('serves until it is told to stop, and ends well', async () => {
  const running = start(['serve', 'tiny.onnx', '--port', '0'], folder)
  const [line] = await once(running.process.stdout!, 'data')
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(line))![0]
  const answer = await fetch(`${url}/v1/models/tiny/images/7.png`)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png'])
  // Who is connected and asks for nothing holds nobody up; who has asked is answered.
  const silent = connect(Number(new URL(url).port), '127.0.0.1')
  const closed = once(silent, 'close')
  const body = JSON.stringify({ count: 200, grid: true, format: 'avif' })
  const headers = { 'content-type': 'application/json' }
  const generate = () => fetch(`${url}/v1/models/tiny/generate`, { method: 'POST', body, headers })
  const answers = Array.from({ length: 4 }, generate)
  await Promise.race(answers)
  running.process.kill('SIGTERM')
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(new Array(4).fill(200))
  const { code, stderr } = await running.finished
  expect([code, stderr]).toEqual([0, expect.stringContaining('"event":"request"')])
  await closed
})

it('is gone when its time is over, though a worker hangs in native code', async () => {
  await writeFile(join(folder, 'endless.onnx'), endlessGenerator())
  const running = start(['serve', 'endless.onnx', '--port', '0', '--grace', '1', '--workers', '1'], folder)
  const [line] = await once(running.process.stdout!, 'data')
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(String(line))![0]
  const answer = fetch(`${url}/v1/models/endless/images/7.png`).catch(() => 'hung up')
  const made = async () =>
    (await (await fetch(`${url}/metrics`)).text()).includes('gantry_samples_total{model="endless"} 1')
  await expect.poll(made).toBe(true)
  running.process.kill('SIGTERM')
  const { stderr } = await running.finished
  expect([running.process.signalCode, await answer]).toEqual(['SIGKILL', 'hung up'])
  expect(stderr).toContain('What is under way takes longer than 1 s')
})

it('is gone when its time is over, though its main thread is blocked', async () => {
  const entry = new URL('../dist/last-resort.js', import.meta.url)
  const code = `import { endWithin } from '${entry}'; endWithin(1); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)`
  const blocked = spawn(process.execPath, ['--input-type=module', '--eval', code])
  expect(await once(blocked, 'exit')).toEqual([null, 'SIGKILL'])
})

it('opens no other host without a key', async () => {
  const { code, stderr } = await gantry(['serve', 'tiny.onnx', '--port', '0', '--host', '0.0.0.0'], folder)
  expect([code, stderr]).toEqual([2, expect.stringContaining('GANTRY_API_KEY')])
})
