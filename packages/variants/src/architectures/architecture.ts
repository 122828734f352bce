import type { Field } from '@gantry/core'
import type { Network } from '../network.ts'
import type { ArchitectureOptions } from './architecture-options.ts'

/** What networks are built for. */
export interface ArchitectureRequest {
  readonly options: ArchitectureOptions
  readonly latentSize: number
  /** What is made and judged: images [height, width, channels], points [n]. */
  readonly samples: Pick<Field, 'modality' | 'shape'>
  /** Number of classes that the networks are conditioned on; absent for unconditional ones. */
  readonly classes?: number
  /** Widths of further outputs of the discriminator, from its features: `{ classes: 10 }`. */
  readonly heads?: Readonly<Record<string, number>>
  /** Samples of one kind that the discriminator sees side by side as one (PacGAN); 1 by default. */
  readonly packing?: number
  /** What errors call the network, if not `generator` or `discriminator`. */
  readonly name?: string
  /** Draws the initial weights. */
  readonly seed: number
}

/** A family of networks for both players. */
export interface Architecture {
  readonly name: 'mlp' | 'dcgan' | 'resnet'
  readonly description: string
  /** Modalities of samples that it can make and judge. */
  readonly makes: readonly string[]
  /** @throws ConfigurationError `SIZE_IMPOSSIBLE` for samples that it cannot make. */
  generator(request: ArchitectureRequest): Network
  discriminator(request: ArchitectureRequest): Network
}
