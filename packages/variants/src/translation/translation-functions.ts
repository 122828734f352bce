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

/** `translate` and its twin of the weights as trained: `source` [batch, height, width, channels] to `target`. */
export function translationFunctions(
  average: Network,
  trained: Network,
  { source, target }: TranslationEnds,
): ModelFunction<Program>[] {
  const translating = (name: string, weights: 'ema' | 'raw', network: Network): ModelFunction<Program> => ({
    name,
    weights,
    inputs: { source: portOf(source) },
    outputs: { target: portOf(target) },
    program: (given) => ({ target: network.apply({ source: given.source! }, { training: false }).target! }),
  })
  return [translating('translate', 'ema', average), translating(rawFunction('translate'), 'raw', trained)]
}

const LOGIT: Port = { modality: 'number', dtype: 'float32', shape: [] }
const FEATURES: Port = { modality: 'features', dtype: 'float32', shape: ['width'] }

/** `discriminate`: the mean logit of all patches of a pair, above 0 for real. */
export function pairJudgement(discriminator: Network, { source, target }: TranslationEnds): ModelFunction<Program> {
  return {
    name: 'discriminate',
    weights: 'raw',
    inputs: { source: portOf(source), target: portOf(target) },
    outputs: { logits: LOGIT, features: FEATURES },
    program: (given) => {
      const samples = asPair(given.source!, given.target!)
      const { logits, features } = discriminator.apply({ samples }, { training: false })
      return { logits: mean(reshape(logits!, [samples.shape[0]!, -1]), 1), features: features! }
    },
  }
}
