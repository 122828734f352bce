import { readFile } from 'node:fs/promises'
import { ConfigurationError, type NDArray, ndarray, type Ports } from '@gantry/core'
import { attributeDirection, closedFormDirections, deviationAlong, principalDirections } from '@gantry/latents'
import { countOf, supply } from '@gantry/modalities'
import { decodeModel } from '@gantry/onnx'
import type { LoadedGenerator } from '../generators/load-generator.ts'
import type { FoundDirections } from './directions-file.ts'
import { enteringWeights } from './entering-weights.ts'
import type { StyleModel } from './style-model.ts'

/** How directions are found. */
export const directionMethods = ['sefa', 'pca', 'label'] as const
export type DirectionMethod = (typeof directionMethods)[number]

export interface DirectionsRequest {
  readonly method: DirectionMethod
  /** The first so many; of labels there is one a class. */
  readonly count: number
  /** Latent vectors that principal components and boundaries are found from; default: 10,000, as GANSpace has it. */
  readonly samples?: number
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

/** Vectors w of a generator. */
interface Mapped {
  /** [count, size] */
  readonly w: NDArray<'float32'>
  readonly labels?: NDArray | undefined
}

const BATCH = 256

/**
 * Directions in W that change what a generator draws: of its weights alone (`sefa`), of many w (`pca`), or of its classes (`label`: one
 * for each, from the others to it).
 *
 * @throws ConfigurationError `CLASSES_MISSING` for `label` of a generator without classes, and those of @gantry/latents
 */
export async function findDirections(
  { manifest }: LoadedGenerator,
  model: StyleModel,
  request: DirectionsRequest,
): Promise<FoundDirections> {
  const { method, count } = request
  if (method === 'sefa') {
    const { graph } = decodeModel(new Uint8Array(await readFile(model.synthesis.path)))
    const found = closedFormDirections(enteringWeights(graph, 'styles'), count)
    // How far one step is, nobody knows from weights: as far as w usually differ along it.
    const { w } = await mapMany(manifest.inputs, model, { ...request, samples: 1000 })
    return { method, directions: found.map(({ vector }) => ({ vector, scale: deviationAlong(w, vector) })) }
  }
  const names = method === 'label' ? classNames(manifest) : []
  const { w, labels } = await mapMany(manifest.inputs, model, request)
  if (method === 'pca') return { method, directions: principalDirections(w, count).directions }
  const own = [...labels!.data].map(Number)
  const boundary = (name: string, kind: number) => ({
    ...attributeDirection(
      w,
      own.map((each) => each === kind),
    ),
    name,
  })
  return { method, directions: names.map(boundary) }
}

/** Of each class, in their order; asked before anything is computed. */
function classNames({ variant, inputs }: LoadedGenerator['manifest']): string[] {
  const port = Object.values(inputs).find(({ modality }) => modality === 'label')
  const classes = port && countOf(port)
  if (classes === undefined) {
    throw new ConfigurationError({
      code: 'CLASSES_MISSING',
      message: `Directions of labels are asked for, but the generator (${variant}) takes none.`,
      fix: "Ask for 'sefa' or 'pca', or train it with labels.",
    })
  }
  return Array.from({ length: classes }, (_, kind) => port?.names?.[kind] ?? String(kind))
}

async function mapMany(
  ports: Ports,
  { mapped, size, layers }: StyleModel,
  { samples = 10_000, onProgress, signal }: DirectionsRequest,
): Promise<Mapped> {
  const w = ndarray('float32', [samples, size])
  const label = Object.keys(ports).find((name) => ports[name]!.modality === 'label')
  const labels = label === undefined ? undefined : ndarray('int32', [samples])
  for (let from = 0; from < samples; from += BATCH) {
    signal?.throwIfAborted()
    const count = Math.min(BATCH, samples - from)
    const inputs = supply(ports, { seed: 0, from, count })
    const { data } = await mapped(inputs)
    for (let row = 0; row < count; row++) {
      w.data.set(data.subarray(row * layers * size, row * layers * size + size), (from + row) * size)
    }
    if (label !== undefined) labels?.data.set(Int32Array.from(inputs[label]!.data as Int32Array), from)
    onProgress?.(from + count, samples)
  }
  return { w, labels }
}
