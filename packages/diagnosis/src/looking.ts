import { type Batch, findFunction, type ModelFunction, type NDArray, type Ports, rawFunction } from '@gantry/core'
import { translationOf } from '@gantry/modalities'
import { type Arrays, generate, type Moment, type TrainedModel } from '@gantry/training'

/** Samples of a step beside real ones, and what the discriminator says of both. */
export interface Looked {
  readonly generated: NDArray
  readonly real: NDArray
  readonly modality: string
  /** Whether samples are made of the real ones, or of what belongs to them: then they are to be like these. */
  readonly translated: boolean
  /** The field of the data that is imitated. */
  readonly field: string
  /** Absent where no function judges samples one by one. */
  readonly logits?: { readonly real: NDArray; readonly fake: NDArray }
}

/**
 * Generates samples of the weights as trained, from the same inputs every time, and lets `discriminate` judge them.
 *
 * @param data as many samples of the data set
 * @returns undefined for a model whose first shown function imitates no field
 */
export async function lookAt({ model, evaluate }: Moment, data: Batch, seed: number): Promise<Looked | undefined> {
  const generator = generatorOf(model)
  const [output, port] = Object.entries(generator?.outputs ?? {}).find(([, { field }]) => field !== undefined) ?? []
  if (generator === undefined || output === undefined || port?.field === undefined) return undefined
  const { modality, field } = port
  const real = data[field]!
  const count = real.shape[0]!
  const made = await generate((inputs, draw) => evaluate(generator.name, inputs, draw), generator.inputs, {
    ...{ seed, count, data },
  })
  const translated = translationOf(generator) !== undefined
  const looked: Looked = { generated: made.outputs[output]!, real, modality, field, translated }
  const discriminator = model.functions.find(({ name }) => name === 'discriminate')
  if (discriminator === undefined) return looked
  const logitsOf = async (fields: Batch) => (await evaluate('discriminate', fed(discriminator.inputs, fields))).logits!
  const fake = { ...byField(generator.inputs, made.inputs), ...byField(generator.outputs, made.outputs) }
  return { ...looked, logits: { real: await logitsOf(data), fake: await logitsOf({ ...data, ...fake }) } }
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

function fed(ports: Ports, fields: Batch): Arrays {
  return Object.fromEntries(Object.entries(ports).map(([name, { field }]) => [name, fields[field!]!]))
}
