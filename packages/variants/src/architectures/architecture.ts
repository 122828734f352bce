import type { Tensor, Variable } from '@tensorflow/tfjs-core'
import type { ArchitectureOptions } from './architecture-options.ts'

/** Weights with names, as checkpoints know them. */
export interface Weights {
  /** All weights by layer and weight name: `conv2d_2/kernel`; running statistics and power iterations included. */
  readonly weights: Readonly<Record<string, Variable>>
  /** The weights that gradients move. */
  readonly trainable: Readonly<Record<string, Variable>>
  dispose(): void
}

interface Mode {
  /** In training, batch normalization uses the batch's own statistics, and noise layers draw. */
  readonly training: boolean
}

/** Makes samples. */
export interface GeneratorNetwork extends Weights {
  /**
   * @param latent [batch, latentSize]
   * @param classes one-hot labels [batch, classes], for conditional networks
   * @returns [batch, ...sampleShape]; images in [-1, 1]
   */
  generate(latent: Tensor, classes: Tensor | undefined, mode: Mode): Tensor
}

/** What a discriminator says of a batch of samples. */
export interface Judgement {
  /** [batch, 1]: above 0 for real. */
  readonly logits: Tensor
  /** What the last hidden layer saw: [batch, width]. */
  readonly features: Tensor
  /** [batch, n] for every head that was asked for, by name. */
  readonly heads: Readonly<Record<string, Tensor>>
}

/** Judges samples. */
export interface DiscriminatorNetwork extends Weights {
  /** Whether every judgement depends on its own sample alone, so that two batches may be judged as one. */
  readonly perSample?: boolean
  judge(samples: Tensor, classes: Tensor | undefined, mode: Mode): Judgement
}

/** What networks are built for. */
export interface ArchitectureRequest {
  readonly options: ArchitectureOptions
  readonly latentSize: number
  /** Of one sample: [height, width, channels] of an image, [n] of points. */
  readonly sampleShape: readonly number[]
  /** Number of classes that the networks are told; absent for unconditional ones. */
  readonly classes?: number
  /** Widths of further outputs of the discriminator, from its features: `{ classes: 10 }`. */
  readonly heads?: Readonly<Record<string, number>>
  /** Samples of one kind that the discriminator sees side by side as one (PacGAN); 1 by default. */
  readonly packing?: number
  /** Draws the initial weights. */
  readonly seed: number
}

/** A family of networks for both players. */
export interface Architecture {
  readonly name: 'mlp' | 'dcgan' | 'resnet'
  readonly description: string
  /** @throws ConfigurationError `SIZE_IMPOSSIBLE` for samples that it cannot make. */
  generator(request: ArchitectureRequest): GeneratorNetwork
  discriminator(request: ArchitectureRequest): DiscriminatorNetwork
}
