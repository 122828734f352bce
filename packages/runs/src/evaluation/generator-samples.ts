import {
  ConfigurationError,
  type Field,
  type NDArray,
  ndarray,
  type Port,
  type Ports,
  rowsOf,
  UnsupportedError,
} from '@gantry/core'
import { needsExtractor } from '@gantry/metrics'
import { portsFromData, translationOf } from '@gantry/modalities'
import { generateBatches } from '@gantry/training'
import { cycleErrors } from './cycle-errors.ts'
import { type FedFunction, fedBatches } from './fed-batches.ts'
import { drawnLatent, pathLengths } from './path-lengths.ts'
import type { Elements, Samples } from './samples.ts'

/** A function whose samples are scored, and what is known of it. */
export interface ScoredFunction extends FedFunction {
  readonly name: string
  readonly title: string
  /** The function that leads back, where there is one; called when it is needed. */
  readonly back?: () => Promise<FedFunction>
  dispose(): Promise<void>
}

/** The data that inputs take from. */
export type RealData = Pick<Samples, 'name' | 'field' | 'elements'>

type Made = AsyncGenerator<{
  readonly inputs: Readonly<Record<string, NDArray>>
  readonly outputs: Readonly<Record<string, NDArray>>
}>

/**
 * What a function makes for a seed. One that takes labels gets all of them in turn. One that takes what the data have gets the elements of
 * the real side in their order, so that what sample i should be is real sample i; the seed draws the rest.
 *
 * @param real undefined where only statistics of it are known
 * @throws ConfigurationError `FIELD_MISSING`, `DATA_MISSING` where the data lack what it takes or imitates; UnsupportedError
 * `OUTPUT_OPEN`
 */
export function generatorSamples(scored: ScoredFunction, seed: number, real: RealData | undefined): Samples {
  const { name, title, inputs, outputs, back, dispose } = scored
  const [output, port] = Object.entries(outputs)[0]!
  const [label, labelPort] = Object.entries(inputs).find(([, { modality }]) => modality === 'label') ?? []
  const translation = translationOf(scored)
  const fed = Object.keys(portsFromData(inputs)).length > 0
  const draws = !fed && drawnLatent(inputs) !== undefined && needsExtractor(port.modality)
  const elements = fed ? fittingElements(scored, real) : undefined
  return {
    name,
    title,
    field: fieldOf(output, port, elements && real?.field),
    ...(labelPort?.names && { labels: labelPort.names }),
    ...(translation && { translation }),
    skipped: [],
    async *batches(from, count) {
      const made: Made = elements
        ? fedBatches(scored, { elements, seed }, from, count)
        : drawn(scored, seed, from, count)
      for await (const { inputs: given, outputs: all } of made) {
        const labels = label === undefined ? undefined : asLabels(given[label]!)
        const sources = translation && given[translation.input]
        yield { samples: all[output]!, ...(labels && { labels }), ...(sources && { sources }) }
      }
    },
    ...(back &&
      elements && {
        cycle: async (from, count) => cycleErrors([scored, await back()], { elements, seed }, from, count),
      }),
    ...(draws && { pathLengths: (perceptual, paths, work) => pathLengths(scored, { seed, perceptual, paths, work }) }),
    dispose,
  }
}

/** From the first on: a number of samples always means the same ones. */
async function* drawn({ evaluate, inputs: ports }: ScoredFunction, seed: number, from: number, count: number): Made {
  for await (const batch of generateBatches(evaluate, ports, { seed, count: from + count })) {
    const size = Object.values(batch.outputs)[0]!.shape[0]!
    if (batch.from + size <= from) continue
    const start = Math.max(0, from - batch.from)
    const part = (arrays: Readonly<Record<string, NDArray>>) =>
      Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, rowsOf(array, start, size - start)]))
    yield { inputs: part(batch.inputs), outputs: part(batch.outputs) }
  }
}

/** @throws ConfigurationError `FIELD_MISSING`, `DATA_MISSING` */
function fittingElements({ title, inputs, outputs }: ScoredFunction, real: RealData | undefined): Elements {
  if (real?.elements === undefined) {
    throw new ConfigurationError({
      code: 'DATA_MISSING',
      message: `What ${title} makes is made of the data, but of ${real?.name ?? 'the real side'} there are only statistics.`,
      fix: "Name the data set itself with '--data'.",
    })
  }
  const { elements, name } = real
  const wanted = (ports: Ports, does: string) =>
    Object.entries(ports).map(([port, { field }]) => ({ field, what: `'${port}' ${does}` }))
  const [missing] = [...wanted(portsFromData(inputs), 'takes'), ...wanted(outputs, 'imitates').slice(0, 1)].filter(
    ({ field }) => field !== undefined && !(field in elements.fields),
  )
  if (missing === undefined) return elements
  throw new ConfigurationError({
    code: 'FIELD_MISSING',
    message: `${name} has no field '${missing.field}', which ${missing.what} in ${title}: it has ${Object.keys(elements.fields).join(', ')}.`,
    fix: "Name data with the fields of those that it was trained on with '--data': a and b of paired:A,B and pair-image:PATH, for one.",
  })
}

/** Models of others may count their labels in int64. */
function asLabels({ shape, data }: NDArray): NDArray<'int32'> {
  return ndarray('int32', shape, Int32Array.from(data, Number))
}

/**
 * The output as it is scored: lengths that it leaves open are those of what it imitates.
 *
 * @throws UnsupportedError `OUTPUT_OPEN` where nobody knows them
 */
function fieldOf(name: string, { shape, ...port }: Port, imitated: Field | undefined): Field {
  const lengths = shape.map((length, axis) => (typeof length === 'number' ? length : imitated?.shape[axis]))
  if (lengths.every((length) => length !== undefined)) return { ...port, shape: lengths }
  throw new UnsupportedError({
    code: 'OUTPUT_OPEN',
    message: `The output '${name}' has the open shape [${shape.join(', ')}], and only samples of one size can be scored.`,
  })
}
