import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type NDArray, ndarray, type Port, type Ports } from '@gantry/core'
import { writeFileAtomically } from '@gantry/files'
import { needsExtractor, quantiseImages } from '@gantry/metrics'
import { type Arrays, type Evaluate, generateBatches } from '@gantry/training'
import { z } from 'zod'

/** Samples of one moment of a run, whoever made them: `NAME.json` beside `NAME.bin`. */
export interface MadeSamples {
  readonly step: number
  /** Of training until then. */
  readonly seconds: number
  /** Images in bytes, points as they are: [count, ...shape]. */
  readonly samples: NDArray<'uint8'> | NDArray<'float32'>
  /** The class that each was asked to be, where the generator takes classes. */
  readonly labels?: Int32Array
}

const headSchema = z.looseObject({
  step: z.number(),
  seconds: z.number(),
  dtype: z.enum(['uint8', 'float32']),
  shape: z.array(z.number()),
  labels: z.array(z.number()).optional(),
})

/** Draws samples: labels in turn, everything else as the seed has it. */
export async function makeSamples(
  evaluate: Evaluate,
  inputs: Ports,
  [output, port]: readonly [string, Port],
  { count, seed }: { readonly count: number; readonly seed: number },
): Promise<Pick<MadeSamples, 'samples' | 'labels'>> {
  const label = Object.keys(inputs).find((name) => inputs[name]!.modality === 'label')
  const parts: Uint8Array[] = []
  const labels: number[] = []
  let shape: readonly number[] = []
  for await (const batch of generateBatches(evaluate, inputs, { count, seed })) {
    const made = batch.outputs[output]!
    shape = made.shape.slice(1)
    parts.push(bytesOf(needsExtractor(port.modality) ? quantiseImages(made, batch.from, port.range) : made))
    if (label !== undefined) labels.push(...numbersOf(batch.inputs, label))
  }
  const samples = arrayOf(needsExtractor(port.modality) ? 'uint8' : 'float32', [count, ...shape], Buffer.concat(parts))
  return { samples, ...(label !== undefined && { labels: Int32Array.from(labels) }) }
}

export async function writeMade(folder: string, name: string, { samples, labels, ...rest }: MadeSamples) {
  const { dtype, shape } = samples
  await mkdir(folder, { recursive: true })
  await writeFileAtomically(join(folder, `${name}.bin`), bytesOf(samples))
  const head = { ...rest, dtype, shape, ...(labels && { labels: [...labels] }) }
  await writeFileAtomically(join(folder, `${name}.json`), JSON.stringify(head))
}

/** @throws Error for files that are not there, or are none of these */
export async function readMade(folder: string, name: string): Promise<MadeSamples> {
  const head = headSchema.parse(JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')))
  const { step, seconds, dtype, shape, labels } = head
  const samples = arrayOf(dtype, shape, await readFile(join(folder, `${name}.bin`)))
  return { step, seconds, samples, ...(labels && { labels: Int32Array.from(labels) }) }
}

function bytesOf({ data }: NDArray): Uint8Array {
  const { buffer, byteOffset, byteLength } = data as Float32Array
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function arrayOf(dtype: 'uint8' | 'float32', shape: readonly number[], bytes: Uint8Array): MadeSamples['samples'] {
  // A copy begins where a float may begin.
  const own = Uint8Array.from(bytes)
  return dtype === 'uint8' ? ndarray(dtype, shape, own) : ndarray(dtype, shape, new Float32Array(own.buffer))
}

function numbersOf(arrays: Arrays, name: string): number[] {
  return Array.from(arrays[name]!.data as ArrayLike<number | bigint>, Number)
}
