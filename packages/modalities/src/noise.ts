import { latent } from './latent.ts'
import type { Modality } from './modality.ts'

/** Noise within a network: drawn as latent vectors are, in the random stream of its name. */
export const noise: Modality = { ...latent, name: 'noise' }
