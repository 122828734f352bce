import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MANIFEST_KEY, type ModelManifest, type NDArray, ndarray, type Ports } from '@gantry/core'
import { attribute, createModel, encodeModel, GraphBuilder } from '@gantry/onnx'

const int64 = (...values: number[]) => ndarray('int64', [values.length], BigInt64Array.from(values, BigInt))

const float = (shape: readonly number[], values: readonly number[]): NDArray<'float32'> =>
  ndarray('float32', shape, Float32Array.from(values))

/** How the styles of the two layers enter: [3, 1] each. The first layer is the left pixel, the second the right one. */
const styleWeights = [float([3, 1], [0.2, 0, 0]), float([3, 1], [0, 0, -0.3])] as const

/** w of a latent vector of two numbers: [2, 3]. */
const mappingWeights = float([2, 3], [1, 0, 0.5, 0, 1, 0.5])

const latent: Ports = { latent: { modality: 'latent', dtype: 'float32', shape: [2], drawn: 'normal' } }
const styles: Ports = { styles: { modality: 'latent', dtype: 'float32', shape: [2, 3], drawn: 'normal' } }
const samples: Ports = { samples: { modality: 'image', dtype: 'float32', shape: [1, 2, 1], range: [-1, 1] } }

function manifestOf(name: string, inputs: Ports, outputs: Ports): ModelManifest {
  return {
    ...{ manifestVersion: 2, gantryVersion: '0.0.0', variant: 'tiny', dataset: 'none', function: name, weights: 'ema' },
    ...{ inputs, outputs, trainingStep: 5, weightsHash: 'tiny', parityError: 0, batchSizesChecked: [] },
  } as ModelManifest
}

function mapped(builder: GraphBuilder): string {
  const given = builder.input('latent', { dtype: 'float32', shape: ['batch', 2] })
  const w = builder.node('MatMul', [given, builder.initializer('mapping', mappingWeights)])
  const row = builder.node('Unsqueeze', [w, builder.constant(int64(1))])
  return builder.node('Concat', [row, row], { axis: attribute.int(1) })
}

function synthesized(builder: GraphBuilder, all: string): string {
  const pixels = styleWeights.map((weights, layer) => {
    const bounds = [layer, layer + 1, 1].map((bound) => builder.constant(int64(bound)))
    const own = builder.node('Slice', [all, bounds[0]!, bounds[1]!, bounds[2]!])
    const flat = builder.node('Reshape', [own, builder.constant(int64(-1, 3))])
    return builder.node('MatMul', [flat, builder.initializer(`layer${layer}`, weights)])
  })
  const row = builder.node('Concat', pixels, { axis: attribute.int(1) })
  return builder.node('Reshape', [row, builder.constant(int64(-1, 1, 2, 1))])
}

function encode(builder: GraphBuilder, manifest: ModelManifest): Uint8Array {
  const model = createModel(builder.build())
  return encodeModel({ ...model, metadata: { ...model.metadata, [MANIFEST_KEY]: JSON.stringify(manifest) } })
}

/**
 * Writes a generator of styles and its two halves, of which everything can be computed by hand: `left = 0.2·w₀` of the first layer's
 * style, `right = -0.3·w₂` of the second's.
 *
 * @returns the path of `generator.onnx`
 */
export async function writeStyleModels(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const image = { dtype: 'float32', shape: ['batch', 1, 2, 1] } as const
  const whole = new GraphBuilder('generate')
  whole.output('samples', synthesized(whole, mapped(whole)), image)
  const mapping = new GraphBuilder('mapping')
  mapping.output('styles', mapped(mapping), { dtype: 'float32', shape: ['batch', 2, 3] })
  const synthesis = new GraphBuilder('synthesis')
  const given = synthesis.input('styles', { dtype: 'float32', shape: ['batch', 2, 3] })
  synthesis.output('samples', synthesized(synthesis, given), image)
  const files: readonly [string, Uint8Array][] = [
    ['generator.onnx', encode(whole, manifestOf('generate', latent, samples))],
    ['mapping.onnx', encode(mapping, manifestOf('mapping', latent, styles))],
    ['synthesis.onnx', encode(synthesis, manifestOf('synthesis', styles, samples))],
  ]
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes)
  return join(folder, 'generator.onnx')
}
