import { ConfigurationError } from '@gantry/core'
import type { GameOptions } from './game-options.ts'

/** What options are checked against. */
export interface Circumstances {
  readonly batchSize: number
  readonly sampleShape: readonly number[]
  readonly classes?: number
}

interface Conflict {
  readonly when: boolean
  readonly message: string
  readonly fix: string
}

/**
 * Refuses options that do not go together, before anything is built.
 *
 * @throws ConfigurationError `OPTIONS_CONFLICT`, naming both
 */
export function checkOptions(variant: string, options: GameOptions, { batchSize, sampleShape }: Circumstances): void {
  const penalised = options.gradientPenalty > 0 || options.r1 > 0 || options.r2 > 0
  const group = options.minibatchStandardDeviation
  const conflicts: readonly Conflict[] = [
    {
      when: batchSize % options.packing !== 0,
      message: `packing ${options.packing} does not divide the batch size ${batchSize}`,
      fix: `Use a batch size that is a multiple of ${options.packing}.`,
    },
    {
      when: group > 0 && (batchSize / options.packing) % group !== 0,
      message: `minibatchStandardDeviation ${group} does not divide the ${batchSize / options.packing} samples that the discriminator sees`,
      fix: 'Choose a group that divides the batch.',
    },
    {
      when: options.weightClip !== undefined && options.discriminatorNormalization === 'spectral',
      message:
        'weightClip and discriminatorNormalization spectral both bound the slope of the discriminator, each its own way',
      fix: 'Leave one of them out.',
    },
    {
      when: penalised && options.discriminatorNormalization === 'batch',
      message:
        'a gradient penalty (gradientPenalty, r1 or r2) is of each sample on its own, but discriminatorNormalization batch mixes the samples of a batch',
      fix: 'Set discriminatorNormalization to layer, instance, spectral or none.',
    },
    {
      when: penalised && (options.minibatchDiscrimination > 0 || group > 0),
      message:
        'a gradient penalty (gradientPenalty, r1 or r2) is of each sample on its own, but minibatchDiscrimination and minibatchStandardDeviation compare the samples of a batch',
      fix: 'Leave one of them out.',
    },
    {
      when: options.realLabel < 1 && (options.loss === 'wasserstein' || options.loss === 'hinge'),
      message: `realLabel ${options.realLabel} smooths a target, but the loss ${options.loss} has none`,
      fix: 'Set realLabel to 1, or choose the loss non-saturating, minimax or least-squares.',
    },
    {
      when: options.adaptiveAugmentTarget !== undefined && options.augment.length === 0,
      message: 'adaptiveAugmentTarget adapts how often samples are augmented, but augment lists no augmentation',
      fix: "Set augment, for instance to ['color', 'translation'].",
    },
    {
      when: options.augment.length > 0 && sampleShape.length !== 3,
      message: `augment changes images, but the samples have shape [${sampleShape}]`,
      fix: 'Leave augment out.',
    },
    {
      when: options.instanceNoiseDecaySteps !== undefined && options.instanceNoise === 0,
      message: 'instanceNoiseDecaySteps lets instance noise fall, but instanceNoise is 0',
      fix: 'Set instanceNoise, for instance to 0.1.',
    },
    {
      when: options.penaltyEvery > 1 && !penalised,
      message: `penaltyEvery is ${options.penaltyEvery}, but there is no gradient penalty`,
      fix: 'Set gradientPenalty, r1 or r2.',
    },
  ]
  refuse(variant, conflicts)
  checkUpdates(variant, options)
}

/**
 * Refuses options that do not agree when each network moves, whatever the networks are.
 *
 * @throws ConfigurationError `OPTIONS_CONFLICT`, naming both
 */
export function checkUpdates(variant: string, options: GameOptions): void {
  const { update, criticSteps, gradientAccumulation, penaltyEvery } = options
  refuse(variant, [
    {
      when: update === 'simultaneous' && criticSteps > 1,
      message: `update simultaneous moves both networks at every step, but criticSteps is ${criticSteps}`,
      fix: 'Set update to alternating, or criticSteps to 1.',
    },
    {
      when: gradientAccumulation > 1 && criticSteps > 1,
      message: `gradientAccumulation ${gradientAccumulation} moves both networks together, after that many batches, but criticSteps is ${criticSteps}`,
      fix: 'Set criticSteps to 1, or gradientAccumulation to 1.',
    },
    {
      when: gradientAccumulation > 1 && penaltyEvery > 1,
      message: `gradientAccumulation ${gradientAccumulation} averages the same terms over that many batches, but penaltyEvery ${penaltyEvery} takes the penalty in some of them only`,
      fix: 'Set penaltyEvery to 1, or gradientAccumulation to 1.',
    },
  ])
}

function refuse(variant: string, conflicts: readonly Conflict[]): void {
  const conflict = conflicts.find(({ when }) => when)
  if (conflict === undefined) return
  throw new ConfigurationError({
    code: 'OPTIONS_CONFLICT',
    message: `${variant}: ${conflict.message}.`,
    fix: conflict.fix,
  })
}
