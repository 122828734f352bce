export { acgan } from './acgan/acgan.ts'
export { type AdversarialSchema, type AdversarialVariant, adversarialVariant } from './adversarial-variant.ts'
export type { Architecture, ArchitectureRequest } from './architectures/architecture.ts'
export { type ArchitectureOptions, architectureOptions } from './architectures/architecture-options.ts'
export { architectures, findArchitecture } from './architectures/find-architecture.ts'
export { type AugmentationPolicy, augment } from './augmentation/differentiable.ts'
export { bindFields, classesOf, fieldOf } from './bind-fields.ts'
export { buildModel, type ModelConfig } from './build-model.ts'
export { cgan } from './cgan/cgan.ts'
export { cyclegan } from './cyclegan/cyclegan.ts'
export { dcgan } from './dcgan/dcgan.ts'
export { dragan } from './dragan/dragan.ts'
export { esrgan } from './esrgan/esrgan.ts'
export { fAnogan } from './f-anogan/f-anogan.ts'
export { batchFeed, latentFeed } from './feeds.ts'
export { adversarialGame, type GameParts } from './game/adversarial-game.ts'
export { checkOptions } from './game/check-options.ts'
export type { GameExtension, Judged } from './game/extension.ts'
export { type GameOptions, gameOptions } from './game/game-options.ts'
export { type PlayerOptions, playerOptions } from './game/player-options.ts'
export { type PlayerUpdate, playerUpdate } from './game/player-update.ts'
export { type Player, type PlayerRequest, player, prefixed } from './game/players.ts'
export { type LearningPhase, withUpdatePhases } from './game/update-phases.ts'
export { type Objective, type ObjectiveWithGradients, withGradients } from './game/value-and-gradients.ts'
export type { GanModel } from './gan-model.ts'
export { generate } from './generate.ts'
export { type GeneratorEnds, generatorFunctions } from './generator-functions.ts'
export { infogan } from './infogan/infogan.ts'
export { type Judgement, judge } from './judge.ts'
export { NoiseDropout, NoiseGaussian } from './layers/noise-layers.ts'
export {
  type AdversarialLoss,
  adversarialLoss,
  type LossOptions,
  type PointwiseLoss,
} from './losses/adversarial-loss.ts'
export { minimaxLoss, nonSaturatingLoss } from './losses/cross-entropy.ts'
export { hingeLoss } from './losses/hinge.ts'
export { leastSquaresLoss } from './losses/least-squares.ts'
export type { LossChoice, LossDefinition } from './losses/loss-definition.ts'
export { type LossName, losses } from './losses/losses.ts'
export { wassersteinLoss } from './losses/wasserstein.ts'
export { lsgan } from './lsgan/lsgan.ts'
export { type MovingAverage, movingAverage } from './moving-average.ts'
export { type Ends, type Mode, type Network, networkOf, type Weights } from './network.ts'
export { createSlots } from './optimizers/create-slots.ts'
export { ownDiscriminator, ownGenerator } from './own-networks.ts'
export { partOf } from './parts.ts'
export {
  type Critic,
  draganPenalty,
  interpolatedPenalty,
  zeroCenteredPenalty,
} from './penalties/gradient-penalties.ts'
export { pix2pix } from './pix2pix/pix2pix.ts'
export { findPreset, type Preset, type PresetChoice } from './presets.ts'
export { progan } from './progan/progan.ts'
export {
  noiseOfSynthesis,
  PROJECTED_NOISE,
  PROJECTED_STYLES,
  type ProjectionRequest,
  type ProjectionSpace,
  projectionModel,
  projectionSpaces,
} from './projection/projection-model.ts'
export { ragan } from './ragan/ragan.ts'
export { findVariant, variants } from './registry.ts'
export { sngan } from './sngan/sngan.ts'
export { srgan } from './srgan/srgan.ts'
export type { AuthorsNetwork, AuthorsNetworks } from './style/authors-network.ts'
export { type AuthorsPlan, planOfAuthors } from './style/authors-plan.ts'
export { stateOfAuthors } from './style/authors-state.ts'
export { stylegan } from './stylegan/stylegan.ts'
export { stylegan2 } from './stylegan2/stylegan2.ts'
export { vae } from './vae/vae.ts'
export { vaeGan } from './vae-gan/vae-gan.ts'
export { vanilla } from './vanilla/vanilla.ts'
export {
  type BroughtWeights,
  type BuildRequest,
  defineVariant,
  type PaperReference,
  type Slot,
  type StagePlan,
  type VariantDefinition,
} from './variant-definition.ts'
export { wgan } from './wgan/wgan.ts'
export { wganGp } from './wgan-gp/wgan-gp.ts'
