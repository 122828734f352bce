export { type AdversarialParts, adversarialModel } from './adversarial-model.ts'
export { type CommonOptions, commonOptions, lossOf } from './common-options.ts'
export { dcgan } from './dcgan/dcgan.ts'
export type { DcganOptions } from './dcgan/options.ts'
export type { GanModel, LatentSpec } from './gan-model.ts'
export { NoiseDropout, NoiseGaussian } from './layers/noise-layers.ts'
export type { AdversarialLoss } from './losses/adversarial-loss.ts'
export { minimaxLoss, nonSaturatingLoss } from './losses/cross-entropy.ts'
export { type Network, networkOf } from './network.ts'
export { createSlots } from './optimizer.ts'
export { findVariant, variants } from './registry.ts'
export type { VanillaOptions } from './vanilla/options.ts'
export { vanilla } from './vanilla/vanilla.ts'
export {
  type BuildRequest,
  defineVariant,
  type PaperReference,
  type Preset,
  type VariantDefinition,
} from './variant-definition.ts'
