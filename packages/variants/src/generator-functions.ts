import {
  type BoundField,
  drawnPort,
  type ModelFunction,
  type Ports,
  portOf,
  rawFunction,
  type TensorProgram,
} from '@gantry/core'
import { clipByValue, type Tensor } from '@tensorflow/tfjs-core'
import { classesOf } from './bind-fields.ts'
import { generate } from './generate.ts'
import type { Network } from './network.ts'
import { asOneHot } from './one-hot.ts'

type Program = TensorProgram<Tensor>

/** What the functions of a generator are made of. */
export interface GeneratorEnds {
  readonly latentSize: number
  readonly samples: BoundField
  /** Of conditional generators. */
  readonly labels?: BoundField | undefined
  /** How many times as large, a side, the images of the data are: 1 by default. */
  readonly reduced?: number
  /** Whether samples are brought into the range of the field, which the network alone does not keep; false by default. */
  readonly clipped?: boolean
  /** Turns the latent vectors that everybody draws into those that the generator is given. */
  latent?(latent: Tensor): Tensor
}

/** `generate` and its twin of the weights as trained: samples from latent vectors, and labels in conditional models. */
export function generatorFunctions(
  average: Network,
  trained: Network,
  { latentSize, samples, labels, reduced = 1, clipped = false, latent: inner = (latent) => latent }: GeneratorEnds,
): ModelFunction<Program>[] {
  const classes = labels && classesOf(labels)
  const inputs: Ports = {
    latent: drawnPort('latent', [latentSize], 'normal'),
    ...(labels && { labels: portOf(labels) }),
  }
  const generating = (name: string, weights: 'ema' | 'raw', network: Network): ModelFunction<Program> => ({
    name,
    weights,
    inputs,
    outputs: { samples: { ...portOf(samples), ...(reduced > 1 && { reduced }) } },
    program: (given) => {
      const latent = inner(given.latent!)
      const own = classes === undefined ? undefined : asOneHot(given.labels!, classes)
      const made = generate(network, latent, own, { training: false })
      return { samples: clipped && samples.range ? clipByValue(made, ...samples.range) : made }
    },
  })
  return [generating('generate', 'ema', average), generating(rawFunction('generate'), 'raw', trained)]
}
