import { type BoundField, type ModelFunction, type Port, portOf, rawFunction, type TensorProgram } from '@gantry/core'
import { concat, mean, reshape, type Tensor } from '@tensorflow/tfjs-core'
import type { Network } from '../network.ts'

type Program = TensorProgram<Tensor>

/** Fields of the data that a translation leads from and to. */
export interface TranslationEnds {
  readonly source: BoundField
  readonly target: BoundField
}

/** The discriminator's view of a translation: source and target as channels of one image. */
export const asPair = (source: Tensor, target: Tensor) => concat([source, target], 3)

/** Networks that translate, and for which images they can. */
export interface Translators {
  /** Of the moving average of the weights. */
  readonly average: Network
  /** Of the weights as trained. */
  readonly trained: Network
  /** Height and width of the images are multiples of it. */
  readonly multiple: number
}

/**
 * `translate` and its twin of the weights as trained: `source` [batch, height, width, channels] to `target` of the same height and
 * width, whatever they are.
 *
 * @param name of the function, if it is another
 */
export function translationFunctions(
  { average, trained, multiple }: Translators,
  { source, target }: TranslationEnds,
  name = 'translate',
): ModelFunction<Program>[] {
  const multiples = { height: multiple, width: multiple }
  const translating = (own: string, weights: 'ema' | 'raw', network: Network): ModelFunction<Program> => ({
    name: own,
    weights,
    inputs: { source: { ...ofAnySize(source), multiples } },
    outputs: { target: ofAnySize(target) },
    program: (given) => ({ target: network.apply({ source: given.source! }, { training: false }).target! }),
  })
  return [translating(name, 'ema', average), translating(rawFunction(name), 'raw', trained)]
}

/** Images of a field as they are, but of any height and width. */
function ofAnySize(field: BoundField): Port {
  return { ...portOf(field), shape: ['height', 'width', field.shape[2]!] }
}

const LOGIT: Port = { modality: 'number', dtype: 'float32', shape: [] }
const FEATURES: Port = { modality: 'features', dtype: 'float32', shape: ['width'] }

/**
 * `discriminate`: the mean logit of all patches, above 0 for real where the loss makes it so.
 *
 * @param fields that it judges, by the names of the inputs
 * @param join makes one image a sample of them
 */
export function patchJudgement(
  discriminator: Network,
  fields: Readonly<Record<string, BoundField>>,
  join: (given: Readonly<Record<string, Tensor>>) => Tensor,
): ModelFunction<Program> {
  return {
    name: 'discriminate',
    weights: 'raw',
    inputs: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, portOf(field)])),
    outputs: { logits: LOGIT, features: FEATURES },
    program: (given) => {
      const samples = join(given)
      const { logits, features } = discriminator.apply({ samples }, { training: false })
      return { logits: mean(reshape(logits!, [samples.shape[0]!, -1]), 1), features: features! }
    },
  }
}
