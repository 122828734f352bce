import type { Feed, ModelFunction, TensorProgram } from '@gantry/core'
import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import type {
  Architecture,
  ArchitectureRequest,
  DiscriminatorNetwork,
  GeneratorNetwork,
} from '../architectures/architecture.ts'
import { findArchitecture } from '../architectures/find-architecture.ts'
import { type Player, player, prefixed } from '../game/players.ts'
import type { GanModel } from '../gan-model.ts'
import { type MovingAverage, movingAverage } from '../moving-average.ts'
import type { BuildRequest } from '../variant-definition.ts'
import type { AutoencoderOptions } from './autoencoder-options.ts'
import { encode, encoderHeads } from './posterior.ts'

type Program = TensorProgram<Tensor>

/** Networks of a variational autoencoder, with what every variant of it has in common. */
export interface Autoencoder {
  readonly architecture: Architecture
  readonly networks: ArchitectureRequest
  readonly encoder: Player<DiscriminatorNetwork>
  /** The decoder: it makes samples as a GAN's generator does, and can start one. */
  readonly generator: Player<GeneratorNetwork>
  readonly average: MovingAverage
  /** Feeds of a training phase. */
  readonly feeds: { readonly samples: Feed; readonly latent: Feed }
  /** The model with these phases, and the state of further players. */
  model(
    name: string,
    phases: GanModel['phases'],
    others?: Readonly<Record<string, Pick<Player<DiscriminatorNetwork>, 'variables' | 'dispose'>>>,
  ): GanModel
}

export function autoencoder({ options, sampleShape, batchSize, seed }: BuildRequest<AutoencoderOptions>): Autoencoder {
  const { latentSize } = options
  const architecture = findArchitecture(options.architecture, sampleShape)
  const networks: ArchitectureRequest = { options, latentSize, sampleShape, seed }
  const encoder = player(architecture.discriminator({ ...networks, heads: encoderHeads(latentSize) }), options)
  const generator = player(architecture.generator(networks), options)
  const ema = architecture.generator(networks)
  const average = movingAverage(generator.network, ema, options.emaDecay, options.emaRampUp)
  const generating = (name: string, network: GeneratorNetwork): ModelFunction<Program> => ({
    name,
    feeds: { latent: { dtype: 'float32', shape: ['batch', latentSize] } },
    program: ({ latent }) => ({ samples: network.generate(latent!, undefined, { training: false }) }),
  })
  const reconstruct: ModelFunction<Program> = {
    name: 'reconstruct',
    feeds: { samples: { dtype: 'float32', shape: ['batch', ...sampleShape] } },
    program: ({ samples }) => ({
      reconstruction: ema.generate(encode(encoder.network, samples!, false).mean, undefined, { training: false }),
    }),
  }
  return {
    architecture,
    networks,
    encoder,
    generator,
    average,
    feeds: {
      samples: { dtype: 'float32', shape: [batchSize, ...sampleShape], source: { from: 'samples' } },
      latent: {
        dtype: 'float32',
        shape: [batchSize, latentSize],
        source: { from: 'random', distribution: 'normal' },
      },
    },
    model: (name, phases, others = {}) => {
      const variables: Record<string, Variable> = {
        ...prefixed('generator', generator.variables),
        ...prefixed('encoder', encoder.variables),
        ...prefixed('generatorEma', { ...ema.weights, updates: average.updates }),
      }
      for (const [prefix, other] of Object.entries(others)) Object.assign(variables, prefixed(prefix, other.variables))
      return {
        name,
        latent: { size: latentSize, distribution: 'normal' },
        phases,
        functions: [generating('generateEma', ema), generating('generateRaw', generator.network), reconstruct],
        variables,
        dispose: () => {
          for (const part of [encoder, generator, ema, average.updates, ...Object.values(others)]) part.dispose()
        },
      }
    },
  }
}
