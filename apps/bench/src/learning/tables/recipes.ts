/** Networks of half the usual width. */
export const narrow = { generatorWidth: 32, discriminatorWidth: 32, emaDecay: 0.998 }

/** A discriminator of bounded slope. */
export const bounded = { discriminatorNormalization: 'none', r1: 1, penaltyEvery: 4 }

/** Higher rates, without a first moment. */
export const quick = { learningRate: 1e-3, beta1: 0, beta2: 0.99, optimizer: 'adam' }
