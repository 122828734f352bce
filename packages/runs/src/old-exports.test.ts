import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type NDArray, ndarray } from '@gantry/core'
import { decodeModel } from '@gantry/onnx'
import { generate } from '@gantry/training'
import { describe, expect, it, onTestFinished } from 'vitest'
import { exportRun } from './export-run.ts'
import { type LoadedGenerator, loadGenerator } from './generators/load-generator.ts'
import { RunFolder } from './run-folder.ts'
import { copyOfRun, oldFiles, oldTensors } from './testing/old-files.ts'

// Exports with a manifest of version 1, and the samples number 0 to 8 of seed 3 that Gantry drew with them as of b713807.

/** Other CPUs round otherwise, by a millionth or less; another latent vector or label is another image. */
const TOLERANCE = 1e-5

function expectNear(actual: NDArray, expected: NDArray | undefined): void {
  expect(actual.shape).toEqual(expected!.shape)
  let difference = 0
  for (const [index, value] of actual.data.entries()) {
    difference = Math.max(difference, Math.abs(Number(value) - Number(expected!.data[index])))
  }
  expect(difference).toBeLessThanOrEqual(TOLERANCE)
}

async function load(path: string): Promise<LoadedGenerator> {
  const loaded = await loadGenerator(path)
  onTestFinished(() => loaded.dispose())
  return loaded
}

async function weightsOf(path: string): Promise<Record<string, NDArray>> {
  return Object.fromEntries(decodeModel(new Uint8Array(await readFile(path))).graph.initializers)
}

/** @param label of all samples; without one the labels come in turn, where the generator has that input */
async function draw({ evaluate, manifest }: LoadedGenerator, label?: number): Promise<NDArray> {
  const asked = label === undefined ? {} : { labels: ndarray('int32', [1], Int32Array.of(label)) }
  const { outputs } = await generate(evaluate, manifest.inputs, { count: 9, seed: 3, asked })
  return outputs.samples!
}

describe('an export of version 1', () => {
  it.each([
    ['generator', 'dcgan', 'mnist', 30],
    ['points', 'vanilla', 'ring8', 300],
    ['cgan', 'cgan', 'mnist', 60],
  ])('draws the samples that it drew: %s', async (name, variant, dataset, trainingStep) => {
    const loaded = await load(join(oldFiles, 'exports-v1', `${name}-v1.onnx`))
    const expected = { manifestVersion: 2, function: 'generate', variant, dataset, trainingStep, weights: 'ema' }
    expect(loaded.manifest).toMatchObject(expected)
    const { samples, label7 } = await oldTensors(`exports-v1/${name}-v1.samples.safetensors`)
    expectNear(await draw(loaded), samples)
    if (label7) expectNear(await draw(loaded, 7), label7)
  })

  it('takes labels only where it was trained with them', async () => {
    const inputsOf = async (name: string) =>
      (await load(join(oldFiles, 'exports-v1', `${name}-v1.onnx`))).manifest.inputs
    // The data set of both has labels, and both manifests hold their names.
    expect(Object.keys(await inputsOf('generator'))).toEqual(['latent'])
    const { latent, labels } = await inputsOf('cgan')
    expect(latent).toMatchObject({ modality: 'latent', drawn: 'normal' })
    expect(labels).toMatchObject({ modality: 'label', names: expect.objectContaining({ length: 10 }) })
  })

  it('of a run of version 1 is written again with the same weights', async () => {
    const run = await RunFolder.open(await copyOfRun('ring-v1'))
    const before = await load(run.generatorPath)
    const again = await exportRun(run, { path: join(run.path, 'again.onnx') })
    // Weights were called by the numbers of TF.js's variables, and are called as their state now: the arrays are the same.
    const [own, old] = await Promise.all([again.path, run.generatorPath].map(weightsOf))
    expect(Object.keys(own!)).toEqual(expect.arrayContaining(['generatorEma/dense_1/kernel']))
    expect(Object.values(own!)).toEqual(Object.values(old!))
    expect(await draw(await load(again.path))).toEqual(await draw(before))
  })
})
