import {
  type Batch,
  findFunction,
  type ModelFunction,
  type NDArray,
  type Port,
  type Ports,
  rawFunction,
} from '@gantry/core'
import { fittedTo, translationOf } from '@gantry/modalities'
import { type Arrays, generate, type Moment, type TrainedModel } from '@gantry/training'
import type { Logits } from './readings/opinion.ts'

/** Samples of a step beside real ones, and what the discriminator says of both. */
export interface Looked {
  readonly generated: NDArray
  /** As large as these. */
  readonly real: NDArray
  /** Whether samples are made of the real ones, or of what belongs to them: then they are to be like these. */
  readonly translated: boolean
  /** What makes them: its field of the data is imitated. */
  readonly port: Port & { readonly field: string }
  /** Absent where no function judges samples one by one. */
  readonly logits?: Logits
}

/**
 * Generates samples of the weights as trained, from the same inputs every time, and lets `discriminate` judge them.
 *
 * @param data as many samples of the data set
 * @param heldOut samples that are not trained on
 * @returns undefined for a model whose first shown function imitates no field
 */
export async function lookAt(
  { model, evaluate }: Moment,
  data: Batch,
  seed: number,
  heldOut?: Batch,
): Promise<Looked | undefined> {
  const generator = generatorOf(model)
  const [output, port] = Object.entries(generator?.outputs ?? {}).find(([, { field }]) => field !== undefined) ?? []
  if (generator === undefined || output === undefined || port?.field === undefined) return undefined
  const { field } = port
  const real = fittedTo(port, data[field]!)
  const count = real.shape[0]!
  const made = await generate((inputs, draw) => evaluate(generator.name, inputs, draw), generator.inputs, {
    ...{ seed, count, data },
  })
  const translated = translationOf(generator) !== undefined
  const looked: Looked = { generated: made.outputs[output]!, real, port: { ...port, field }, translated }
  const discriminator = model.functions.find(({ name }) => name === 'discriminate')
  if (discriminator === undefined) return looked
  const { inputs } = discriminator
  const logitsOf = async (fields: Batch) => (await evaluate('discriminate', fed(inputs, fields))).logits!
  const fields = fittedFields(inputs, data)
  const fake = { ...byField(generator.inputs, made.inputs), ...byField(generator.outputs, made.outputs) }
  return {
    ...looked,
    logits: {
      real: await logitsOf(fields),
      fake: await logitsOf({ ...fields, ...fake }),
      ...(heldOut && { heldOut: await logitsOf(fittedFields(inputs, heldOut)) }),
    },
  }
}

function generatorOf(model: TrainedModel): ModelFunction<unknown> | undefined {
  const [shown] = model.shown
  if (shown === undefined) return undefined
  return model.functions.find(({ name }) => name === rawFunction(shown)) ?? findFunction(model, shown)
}

/** Arrays of ports by the fields of the data that these take or imitate. */
function byField(ports: Ports, arrays: Arrays): Batch {
  return Object.fromEntries(
    Object.entries(ports).flatMap(([name, { field }]) => (field === undefined ? [] : [[field, arrays[name]!]])),
  )
}

/** What a function takes of the data, as it takes it. */
function fittedFields(ports: Ports, data: Batch): Batch {
  const taken = Object.values(ports).flatMap((port) => (port.field === undefined ? [] : [[port.field, port] as const]))
  return Object.fromEntries(taken.map(([field, port]) => [field, fittedTo(port, data[field]!)]))
}

function fed(ports: Ports, fields: Batch): Arrays {
  return Object.fromEntries(Object.entries(ports).map(([name, { field }]) => [name, fields[field!]!]))
}
