export { installGradients } from './gradients/install.ts'
export { drawNormal, drawUniform } from './noise/draw-noise.ts'
export { type NoiseDistribution, type NoiseRequest, type NoiseSource, withNoise } from './noise/noise-scope.ts'
export { addGaussianNoise, dropout } from './noise/perturb.ts'
