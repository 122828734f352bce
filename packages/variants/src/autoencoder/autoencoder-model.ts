import { type BoundField, type Feed, type ModelFunction, portOf, type TensorProgram } from '@gantry/core'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import type { Architecture, ArchitectureRequest } from '../architectures/architecture.ts'
import { findArchitecture } from '../architectures/find-architecture.ts'
import { batchFeed, latentFeed } from '../feeds.ts'
import { type PlayerAverage, playerAverage } from '../game/player-average.ts'
import { learnersOf, type Player, player } from '../game/players.ts'
import type { GanModel } from '../gan-model.ts'
import { generate } from '../generate.ts'
import { generatorFunctions } from '../generator-functions.ts'
import { averageNetwork } from '../moving-average.ts'
import type { Network } from '../network.ts'
import { partOf } from '../parts.ts'
import type { BuildRequest } from '../variant-definition.ts'
import type { AutoencoderOptions } from './autoencoder-options.ts'
import { encode, encoderHeads } from './posterior.ts'

/** Networks of a variational autoencoder, with what every variant of it has in common. */
export interface Autoencoder {
  readonly architecture: Architecture
  readonly networks: ArchitectureRequest
  readonly encoder: Player
  /** The decoder: it makes samples as a GAN's generator does, and can start one. */
  readonly generator: Player
  readonly average: PlayerAverage
  /** Feeds of a training phase. */
  readonly feeds: { readonly samples: Feed; readonly latent: Feed }
  /** The model with these phases, and the state and functions of further players. */
  model(
    name: string,
    phases: GanModel['phases'],
    others?: readonly Player[],
    functions?: GanModel['functions'],
  ): GanModel
}

/** @param samples the field that is encoded and made again */
export function autoencoder(
  samples: BoundField,
  { options, batchSize, seed, split }: Omit<BuildRequest<AutoencoderOptions>, 'fields'>,
): Autoencoder {
  const { latentSize } = options
  const architecture = findArchitecture(options.architecture, samples)
  const networks: ArchitectureRequest = { options, latentSize, samples, seed }
  const encoding = architecture.discriminator({ ...networks, heads: encoderHeads(latentSize), name: 'encoder' })
  const encoder = player('encoder', encoding, { options, split })
  const decoder = () => architecture.generator({ ...networks, name: 'decoder' })
  const generator = player('generator', decoder(), { options, split })
  const { emaDecay, emaRampUp } = options
  const average = playerAverage(generator, averageNetwork(emaDecay, decoder), emaDecay, emaRampUp)
  return {
    architecture,
    networks,
    encoder,
    generator,
    average,
    feeds: { samples: batchFeed(samples, batchSize), latent: latentFeed(latentSize, batchSize) },
    model: (name, phases, others = [], functions = []) => {
      const variables: Record<string, Variable> = {
        ...generator.variables,
        ...encoder.variables,
        ...average.variables,
      }
      for (const other of others) Object.assign(variables, other.variables)
      return {
        name,
        phases,
        functions: [
          ...generatorFunctions(average.network, generator.network, { latentSize, samples }),
          reconstruction(encoder.network, average.network, samples),
          ...functions,
        ],
        shown: ['generate'],
        variables,
        parts: { generator: partOf(generator, average.name), encoder: partOf(encoder) },
        learners: learnersOf([encoder, generator, ...others]),
        dispose: () => {
          for (const part of [encoder, generator, average, ...others]) part.dispose()
        },
      }
    },
  }
}

/** What the decoder makes of the means of samples. */
function reconstruction(encoder: Network, decoder: Network, samples: BoundField): ModelFunction<TensorProgram<Tensor>> {
  return {
    name: 'reconstruct',
    weights: 'ema',
    inputs: { samples: portOf(samples) },
    outputs: { reconstruction: portOf(samples) },
    program: ({ samples: given }) => {
      const { mean } = encode(encoder, given!, false)
      return { reconstruction: generate(decoder, mean, undefined, { training: false }) }
    },
  }
}
