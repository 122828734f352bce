import {
  type BoundField,
  drawnPort,
  type ModelFunction,
  type Port,
  type Ports,
  portOf,
  rawFunction,
  type TensorProgram,
} from '@gantry/core'
import { clipByValue, type Tensor } from '@tensorflow/tfjs-core'
import { classesOf } from '../bind-fields.ts'
import { asOneHot } from '../one-hot.ts'
import type { StyleGenerator } from './style-generator.ts'

type Program = TensorProgram<Tensor>

export interface StyleEnds {
  readonly latentSize: number
  /** [layers, size] of the styles of a sample. */
  readonly styles: readonly [layers: number, size: number]
  readonly samples: BoundField
  readonly labels?: BoundField | undefined
}

const scalarPort = (otherwise: number, range: readonly [number, number]): Port => ({
  ...{ modality: 'number', dtype: 'float32', shape: [], otherwise, range },
})

const inference = { training: false }

/**
 * What a generator of styles is used by:
 *
 * - `generate`: samples from latent vectors, and its twin of the weights as trained. `truncation` ψ draws w to its average, at 0 all the
 *   way; `noise` is how much of it there is in every layer.
 * - `mapping`: `w` of latent vectors, and `styles`, which repeat it for every layer.
 * - `synthesis`: samples from styles, each layer its own.
 */
export function styleFunctions(
  average: StyleGenerator,
  trained: StyleGenerator,
  ends: StyleEnds,
): ModelFunction<Program>[] {
  const { latentSize, samples, labels } = ends
  const classes = labels && classesOf(labels)
  const mapped: Ports = {
    latent: drawnPort('latent', [latentSize], 'normal'),
    ...(labels && { labels: portOf(labels) }),
    truncation: scalarPort(1, [-2, 2]),
  }
  const noise = scalarPort(1, [0, 1])
  const styles = drawnPort('latent', ends.styles, 'normal')
  const truncated = (own: StyleGenerator, { latent, labels: given, truncation }: Readonly<Record<string, Tensor>>) => {
    const oneHot = classes === undefined ? undefined : asOneHot(given!, classes)
    const w = own.mapped({ latent: latent!, ...(oneHot && { labels: oneHot }) }, inference)
    return own.truncated(w, truncation!)
  }
  // Nothing bounds the colours of a synthesis; images end at black and at white.
  const synthesized = (own: StyleGenerator, given: Tensor, amount: Tensor) => ({
    samples: clipByValue(own.synthesized(given, inference, amount), -1, 1),
  })
  const generating = (name: string, weights: 'ema' | 'raw', own: StyleGenerator): ModelFunction<Program> => ({
    ...{ name, weights, inputs: { ...mapped, noise }, outputs: { samples: portOf(samples) } },
    program: (given) => synthesized(own, own.repeated(truncated(own, given)), given.noise!),
  })
  return [
    generating('generate', 'ema', average),
    generating(rawFunction('generate'), 'raw', trained),
    {
      ...{ name: 'mapping', weights: 'ema', inputs: mapped },
      outputs: {
        w: { modality: 'latent', dtype: 'float32', shape: [ends.styles[1]] },
        styles: { modality: 'latent', dtype: 'float32', shape: ends.styles },
      },
      program: (given) => {
        const w = truncated(average, given)
        return { w, styles: average.repeated(w) }
      },
    },
    {
      ...{ name: 'synthesis', weights: 'ema', inputs: { styles, noise }, outputs: { samples: portOf(samples) } },
      program: (given) => synthesized(average, given.styles!, given.noise!),
    },
  ]
}
