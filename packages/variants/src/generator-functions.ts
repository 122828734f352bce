import {
  type BoundField,
  drawnPort,
  type ModelFunction,
  type Ports,
  portOf,
  rawFunction,
  type TensorProgram,
} from '@gantry/core'
import type { Tensor } from '@tensorflow/tfjs-core'
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
  /** Turns the latent vectors that everybody draws into those that the generator is given. */
  latent?(latent: Tensor): Tensor
}

/** `generate` and its twin of the weights as trained: samples from latent vectors, and labels in conditional models. */
export function generatorFunctions(
  average: Network,
  trained: Network,
  { latentSize, samples, labels, latent: inner = (latent) => latent }: GeneratorEnds,
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
    outputs: { samples: portOf(samples) },
    program: (given) => {
      const latent = inner(given.latent!)
      const own = classes === undefined ? undefined : asOneHot(given.labels!, classes)
      return { samples: generate(network, latent, own, { training: false }) }
    },
  })
  return [generating('generate', 'ema', average), generating(rawFunction('generate'), 'raw', trained)]
}
