import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeSafetensors } from '@gantry/core'
import { decodePng } from '@gantry/modalities'
import { readCheckpoint } from '@gantry/runs'
import { describe, expect, it } from 'vitest'
import { gantry, gantryJson, temporaryFolder } from './testing/gantry.ts'

// What people did with files of version 1, they still do: the same commands on the same files, pixel for pixel and bit for
// bit. The files and the pictures are of b713807; `packages/runs` tests the same without the command line.
const oldFiles = fileURLToPath(new URL('../../../packages/runs/src/testing/fixtures', import.meta.url))

const pixelsOf = async (path: string) => decodePng(await readFile(path))

describe('an export of version 1', () => {
  it.each([
    ['generator-v1.onnx', 'generator-v1.png', []],
    ['points-v1.onnx', 'points-v1.png', []],
    ['cgan-v1.onnx', 'cgan-v1.png', []],
    ['cgan-v1.onnx', 'cgan-v1-label-7.png', ['--label', '7']],
  ])('%s is drawn as %s', async (model, picture, label) => {
    const cwd = await temporaryFolder()
    const path = join(oldFiles, 'exports-v1', model)
    const { code } = await gantry(['sample', path, '--count', '9', '--seed', '3', ...label, '--out', 'x.png'], cwd)
    expect(code).toBe(0)
    const [actual, expected] = await Promise.all(
      [join(cwd, 'x.png'), join(oldFiles, 'exports-v1', picture)].map(pixelsOf),
    )
    const { width, height, channels } = expected!
    expect(actual).toMatchObject({ width, height, channels })
    // One level of grey: other CPUs round otherwise.
    const worst = actual!.data.reduce((most, value, at) => Math.max(most, Math.abs(value - expected!.data[at]!)), 0)
    expect(worst).toBeLessThanOrEqual(1)
  })
})

describe('a run of version 1', () => {
  it('goes on, and ends in the same bits', async () => {
    const cwd = await temporaryFolder()
    await cp(join(oldFiles, 'ring-v1'), join(cwd, 'ring-v1'), { recursive: true })
    const train = ['train', 'vanilla', '--data', 'ring8', '--engine', 'tfjs', '--device', 'cpu']
    const { code, result } = await gantryJson([...train, '--steps', '12', '--out', 'ring-v1', '--resume'], cwd)
    expect([code, result.engine.engine]).toEqual([0, 'tfjs-cpu'])
    const { state } = await readCheckpoint(join(cwd, result.checkpoint))
    const expected = decodeSafetensors(await readFile(join(oldFiles, 'ring-v1', 'expected-state.safetensors')))
    expect(state).toEqual(expected.tensors)
  })

  it('is shown by inspect at the step of its last checkpoint, two after its last report', async () => {
    const { code, result } = await gantryJson(['inspect', join(oldFiles, 'run-v1')], oldFiles)
    expect([code, result]).toEqual([0, expect.objectContaining({ kind: 'run', outcome: 'interrupted', step: 12 })])
  })
})
