import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOnnxRuntimeTraining } from '@gantry/backend-onnxruntime'
import { compileModel } from '@gantry/compiler'
import { encodeSafetensors, imageField, type NDArray, ndarray, RandomStream, sizeOfShape } from '@gantry/core'
import { prepareTensorflow } from '@gantry/runs'
import { bindFields, dcgan } from '@gantry/variants'
import { describe, expect, it } from 'vitest'
import { inPackage } from '../in-package.ts'
import { findPyTorches } from '../peers/pythons.ts'
import { readMade } from './made-samples.ts'
import { runNamed } from './testing/some-runs.ts'
import { trainTwin } from './twin.ts'

const [pyTorch] = await findPyTorches(false)
if (pyTorch === undefined) console.log('Twins are not tested: no Python here can import torch (GANTRY_BENCH_PYTHONS).')

const script = `
import sys
import numpy, torch
from library import dcgan, dense_dcgan
from library.start import Start
start = Start(sys.argv[1])
Discriminator = dense_dcgan.Discriminator if dense_dcgan.has_dense(start) else dcgan.Discriminator
generator = dcgan.Generator(start, 7, 2).eval()
discriminator = Discriminator(start, 7, 2, normalized=False)
with torch.no_grad():
    images = generator(start.tensor("latent"))
    logits = discriminator(images)
print(*images.permute(0, 2, 3, 1).flatten().tolist(), *logits.flatten().tolist())
`

const normal = (name: string, ...shape: number[]) =>
  ndarray('float32', shape, new RandomStream(3, name).fillNormal(new Float32Array(sizeOfShape(shape))))

describe('twins in PyTorch', () => {
  it.skipIf(!pyTorch).each([0, 6])('are the same functions, with %d dense units', async (denseUnits) => {
    await prepareTensorflow()
    const fields = bindFields(dcgan, { image: imageField([28, 28, 1]) }, {})
    const small = {
      generatorWidth: 4,
      discriminatorWidth: 4,
      latentSize: 5,
      discriminatorNormalization: 'none' as const,
    }
    const options = dcgan.schema.parse({ ...small, denseUnits })
    const model = dcgan.build({ options, fields, batchSize: 4, seed: 1 })
    const compiled = await compileModel(model)
    const session = await createOnnxRuntimeTraining({ device: 'cpu', threads: 1 }).prepare(compiled)
    // Offsets are 0 at first, which would hide that they are taken for each other.
    const state = Object.fromEntries(
      Object.entries(await session.readState()).map(([name, array]) => {
        if (!/beta|bias/.test(name)) return [name, array]
        return [name, normal(name, ...array.shape) as NDArray]
      }),
    )
    await session.writeState(state)
    const latent = normal('latent', 3, 5)
    const { samples } = await session.evaluate('generate-raw', { latent })
    const tensors = Object.fromEntries(Object.entries(state).map(([name, array]) => [`state/${name}`, array]))
    const file = join(mkdtempSync(join(tmpdir(), 'gantry-twin-')), 'start.safetensors')
    writeFileSync(file, encodeSafetensors({ tensors: { ...tensors, latent }, metadata: {} }))
    const printed = execFileSync(pyTorch!.executable, ['-c', script, file], {
      cwd: inPackage('python'),
      encoding: 'utf8',
    })
    const numbers = printed.trim().split(' ').map(Number)
    const own = [...samples!.data]
    const furthest = Math.max(...own.map((value, index) => Math.abs(Number(value) - numbers[index]!)))
    expect(furthest).toBeLessThan(1e-5)
    await session.dispose()
    model.dispose()
  })

  it.skipIf(!pyTorch).each([
    ['cgan', { r1: 1, penaltyEvery: 2, learningRateSchedule: 'cosine' }],
    ['wgan-gp', { criticSteps: 2 }],
    ['dcgan', { update: 'simultaneous' }],
  ])('train %s with %o, for as long as they are told', async (variant, more) => {
    const folder = mkdtempSync(join(tmpdir(), 'gantry-twin-'))
    const small = { generatorWidth: 4, discriminatorWidth: 4, latentSize: 5, discriminatorNormalization: 'none' }
    const run = runNamed('a-1', { variant, data: 'mnist', options: { ...small, ...more } })
    const twin = { python: pyTorch!.executable, seconds: 1 }
    const trained = await trainTwin({ run, folder, threads: 1, twin }, join(folder, 'made'))
    expect(trained.engine).toMatch(/^pytorch \d/)
    expect(trained.seconds).toBeGreaterThanOrEqual(1)
    const { samples, step, labels } = await readMade(join(folder, 'made'), 'final')
    expect([samples.shape, step, labels?.length]).toEqual([
      [10_000, 28, 28, 1],
      trained.steps,
      variant === 'cgan' ? 10_000 : undefined,
    ])
  })

  it('are refused for recipes that the script does not know', async () => {
    const run = runNamed('a-1', { variant: 'dcgan', data: 'mnist', options: { packing: 2 } })
    const twin = { python: 'python3', seconds: 1 }
    await expect(trainTwin({ run, folder: tmpdir(), threads: 1, twin }, tmpdir())).rejects.toMatchObject({
      code: 'TWIN_MISSING',
      message: expect.stringContaining('no packing, which this run of dcgan has'),
    })
  })
})
