import type { ArchitectureRequest } from '../architectures/architecture.ts'
import { type ArchitectureOptions, architectureOptions } from '../architectures/architecture-options.ts'
import { findArchitecture } from '../architectures/find-architecture.ts'
import { samplesOf } from './fields.ts'

export const [batch, latentSize, classes, seed] = [4, 3, 3, 5]

/** Networks of both players. */
export interface ArchitectureCase {
  readonly architecture: ArchitectureOptions['architecture']
  readonly sampleShape: readonly number[]
  readonly classes?: number
  readonly heads?: Readonly<Record<string, number>>
  readonly packing?: number
  readonly options: Partial<ArchitectureOptions>
}

export const narrow = { generatorWidth: 4, discriminatorWidth: 4, hiddenUnits: 6, kernelSize: 3 } as const
export const shapes = { mlp: [2], dcgan: [8, 8, 1], resnet: [8, 8, 2] } as const

/** A normalization of each player at a time: both lists are equally long. */
const normalizations = [
  ['none', 'none'],
  ['batch', 'batch'],
  ['layer', 'layer'],
  ['instance', 'instance'],
  ['group', 'group'],
  ['pixel', 'spectral'],
] as const

const everything = {
  dropout: 0.3,
  layerNoise: 0.1,
  denseUnits: 5,
  minibatchDiscrimination: 2,
  minibatchStandardDeviation: 2,
  initializer: 'orthogonal',
} as const

const names = ['mlp', 'dcgan', 'resnet'] as const
const conditionings = [undefined, 'concatenation', 'embedding', 'projection'] as const

/** Vectors have no pixels to normalize over. */
function legal({ architecture, options }: ArchitectureCase): boolean {
  return architecture !== 'mlp' || options.generatorNormalization !== 'instance'
}

/** A resnet meets labels where a dcgan does, and takes three times as long: these would show nothing new. */
function telling({ architecture, classes: conditional, options }: ArchitectureCase): boolean {
  return (
    architecture !== 'resnet' ||
    !conditional ||
    !['none', 'layer', 'group'].includes(options.generatorNormalization ?? '')
  )
}

/** Every architecture with every normalization and every conditioning, and with everything at once. */
export const architectureCases: readonly ArchitectureCase[] = names
  .flatMap((architecture) =>
    conditionings.flatMap((conditioning): ArchitectureCase[] => {
      const own = {
        architecture,
        sampleShape: shapes[architecture],
        ...(conditioning && { classes }),
      }
      const common = { ...narrow, ...(conditioning && { conditioning }) }
      return [
        ...normalizations.map(([generatorNormalization, discriminatorNormalization]) => ({
          ...own,
          options: { ...common, generatorNormalization, discriminatorNormalization },
        })),
        {
          ...own,
          packing: 2,
          heads: { label: 3, code: 2 },
          options: { ...common, ...everything, discriminatorNormalization: 'spectral' },
        },
      ]
    }),
  )
  .filter(legal)
  .filter(telling)

export function requestOf({ options, architecture, sampleShape, ...own }: ArchitectureCase): ArchitectureRequest {
  return {
    ...own,
    samples: samplesOf(sampleShape),
    options: architectureOptions.parse({ architecture, latentSize, ...options }),
    latentSize,
    seed,
  }
}

export function playersOf(own: ArchitectureCase) {
  const [architecture, request] = [findArchitecture(own.architecture, samplesOf(own.sampleShape)), requestOf(own)]
  return { generator: architecture.generator(request), discriminator: architecture.discriminator(request) }
}
