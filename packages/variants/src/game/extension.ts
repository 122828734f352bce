import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import type { Judgement } from '../judge.ts'
import type { Samples } from './samples.ts'

/** What a game knows of the samples that a judgement is about. */
export interface Judged extends Omit<Samples, 'samples'> {
  readonly judgement: Judgement
}

/**
 * What a variant adds to the game: further terms of both losses, from heads of the discriminator.
 *
 * Every function returns named scalars that are added to the loss and reported.
 */
export interface GameExtension {
  /** Widths of further outputs of the discriminator: `{ classes: 10 }`. */
  readonly heads: Readonly<Record<string, number>>
  /** Turns the latent vectors that everybody draws into those that the generator is given. */
  latent?(latent: Tensor): Tensor
  discriminator(real: Judged, fake: Judged): Readonly<Record<string, Scalar>>
  generator(fake: Judged): Readonly<Record<string, Scalar>>
}
