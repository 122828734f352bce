import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exportFunction } from '@gantry/compiler'
import { findFunction, imageField, labelField, MANIFEST_KEY, type ModelManifest, rawFunction } from '@gantry/core'
import { decodeModel, encodeModel } from '@gantry/onnx'
import { findPreset, findVariant } from '@gantry/variants'
import * as tf from '@tensorflow/tfjs-core'
import { buildVariant } from '../cases/build-case.ts'
import type { VariantSource } from '../cases/cases.ts'

/** A generator that is served. Untrained: how well it draws changes no time. */
export interface ServedGenerator {
  readonly name: string
  readonly title: string
  readonly source: VariantSource
}

export const servedGenerators: readonly ServedGenerator[] = [
  {
    name: 'digits',
    title: "the demo's conditional GAN, 28×28",
    source: {
      variant: 'cgan',
      options: findPreset(findVariant('cgan'), 'demo').preset.options,
      fields: { image: imageField([28, 28, 1]), label: labelField(Array.from('0123456789')) },
    },
  },
  {
    name: 'pictures',
    title: "DCGAN with its paper's widths, 64×64 RGB",
    source: { variant: 'dcgan', options: { generatorWidth: 128 }, fields: { image: imageField([64, 64, 3]) } },
  },
]

/** A generator in a file, and what it takes and gives. */
export interface WrittenGenerator {
  readonly path: string
  readonly manifest: ModelManifest
}

/** Writes a generator as `NAME.onnx`, with its manifest. */
export async function writeGenerator({ name, source }: ServedGenerator, folder: string): Promise<WrittenGenerator> {
  await tf.setBackend('cpu')
  const model = buildVariant(source, 1)
  const fn = findFunction(model, rawFunction('generate'))
  const { bytes, inputs, outputs } = await exportFunction(fn, { variables: model.variables, name })
  const decoded = decodeModel(bytes)
  const manifest: ModelManifest = {
    manifestVersion: 2,
    gantryVersion: 'bench',
    variant: source.variant,
    dataset: 'none',
    function: 'generate',
    weights: 'raw',
    inputs,
    outputs,
    trainingStep: 0,
    weightsHash: name,
    parityError: 0,
    batchSizesChecked: [],
  }
  const path = join(folder, `${name}.onnx`)
  const metadata = { ...decoded.metadata, [MANIFEST_KEY]: JSON.stringify(manifest) }
  await writeFile(path, encodeModel({ ...decoded, metadata }))
  return { path, manifest }
}
