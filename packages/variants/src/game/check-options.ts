import { ConfigurationError, counted, type Field } from '@gantry/core'
import { hasPixels } from '../architectures/has-pixels.ts'
import { policiesOf } from '../augmentation/differentiable.ts'
import { losses } from '../losses/losses.ts'
import type { GameOptions, GameRules } from './game-options.ts'
import { isPenalised, penaltyNames } from './gradient-penalty-terms.ts'

/** What options are checked against. */
export interface Circumstances {
  readonly batchSize: number
  readonly samples: Pick<Field, 'modality' | 'shape'>
}

/** What of a game's options can be in conflict; networks that lack one leave it out. */
type Checked = GameRules &
  Pick<GameOptions, 'discriminatorNormalization'> &
  Partial<Pick<GameOptions, 'packing' | 'minibatchDiscrimination' | 'minibatchStandardDeviation'>>

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
export function checkOptions(variant: string, options: Checked, circumstances: Circumstances): void {
  refuse(variant, [
    ...batchConflicts(options, circumstances),
    ...slopeConflicts(options),
    ...lossConflicts(options),
    ...viewConflicts(options, circumstances),
  ])
  checkUpdates(variant, options)
}

function batchConflicts(
  { packing = 1, minibatchStandardDeviation: group = 0 }: Checked,
  { batchSize }: Circumstances,
): readonly Conflict[] {
  return [
    {
      when: batchSize % packing !== 0,
      message: `packing ${packing} does not divide the batch size ${batchSize}`,
      fix: `Use a batch size that is a multiple of ${packing}.`,
    },
    {
      when: group > 0 && (batchSize / packing) % group !== 0,
      message: `minibatchStandardDeviation ${group} does not divide the ${counted(batchSize / packing, 'sample')} that the discriminator sees`,
      fix: 'Choose a group that divides the batch, or 0 for none.',
    },
  ]
}

/** Of what bounds the slope of the discriminator. */
function slopeConflicts(options: Checked): readonly Conflict[] {
  const { discriminatorNormalization, minibatchDiscrimination = 0, penaltyEvery } = options
  const penalised = isPenalised(options)
  const aPenalty = `a gradient penalty (${oneOf(penaltyNames)}) is of each sample on its own`
  return [
    {
      when: options.weightClip !== undefined && discriminatorNormalization === 'spectral',
      message:
        'weightClip and discriminatorNormalization spectral both bound the slope of the discriminator, each its own way',
      fix: 'Leave one of them out.',
    },
    {
      when: penalised && discriminatorNormalization === 'batch',
      message: `${aPenalty}, but discriminatorNormalization batch mixes the samples of a batch`,
      fix: 'Set discriminatorNormalization to layer, instance, spectral or none.',
    },
    {
      // A minibatch standard deviation compares samples, too, and is trained with penalties by those who brought it: WGAN-GP in
      // Karras et al. 2018, R1 in Karras et al. 2020.
      when: penalised && minibatchDiscrimination > 0,
      message: `${aPenalty}, but minibatchDiscrimination compares the samples of a batch`,
      fix: 'Leave one of them out, or use minibatchStandardDeviation.',
    },
    {
      when: penaltyEvery > 1 && !penalised,
      message: `penaltyEvery is ${penaltyEvery}, but there is no gradient penalty`,
      fix: `Set ${oneOf(penaltyNames)}.`,
    },
  ]
}

function lossConflicts({ loss, realLabel }: Checked): readonly Conflict[] {
  const withTarget = Object.entries(losses).flatMap(([name, { hasTarget }]) => (hasTarget ? [name] : []))
  return [
    {
      when: realLabel < 1 && !losses[loss].hasTarget,
      message: `realLabel ${realLabel} smooths a target, but the loss ${loss} has none`,
      fix: `Set realLabel to 1, or choose the loss ${oneOf(withTarget)}.`,
    },
  ]
}

/** Of what the discriminator sees of samples. */
function viewConflicts(options: Checked, { samples }: Circumstances): readonly Conflict[] {
  const { augment, adaptiveAugmentTarget, instanceNoise, instanceNoiseDecaySteps } = options
  return [
    {
      when: adaptiveAugmentTarget !== undefined && augment.length === 0,
      message: 'adaptiveAugmentTarget adapts how often samples are augmented, but augment lists no augmentation',
      fix: "Set augment, for instance to ['color', 'translation'].",
    },
    {
      when: augment.length > 0 && !hasPixels(samples),
      message: `augment changes pixels, but the samples are of the modality ${samples.modality}`,
      fix: 'Leave augment out.',
    },
    {
      when: instanceNoiseDecaySteps !== undefined && instanceNoise === 0,
      message: 'instanceNoiseDecaySteps lets instance noise fall, but instanceNoise is 0',
      fix: 'Set instanceNoise, for instance to 0.1.',
    },
    ...augmentationConflicts(options, samples),
  ]
}

/** Of the policies that images are augmented by. */
function augmentationConflicts(
  { augment }: Pick<Checked, 'augment'>,
  samples: Circumstances['samples'],
): readonly Conflict[] {
  const policies = policiesOf(augment)
  const names = policies.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  const sides = samples.shape.slice(0, 2)
  return [
    {
      when: twice !== undefined,
      message: `augment ${augment.join(', ')} has ${twice} more than once, but each has one draw for an image`,
      fix: `Set augment to ${[...new Set(names)].join(',')}.`,
    },
    ...policies.map(({ name, smallest: [side, because] = [1, ''] }) => ({
      when: hasPixels(samples) && Math.min(...sides) < side,
      message: `augment ${name} ${because}, but the images have ${sides.join('×')} pixels`,
      fix: `Use images of at least ${side} pixels a side, such as --size ${side}, or leave ${name} out of augment.`,
    })),
  ]
}

/**
 * Refuses options that do not agree when each network moves, whatever the networks are.
 *
 * @throws ConfigurationError `OPTIONS_CONFLICT`, naming both
 */
export function checkUpdates(variant: string, options: GameRules): void {
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

/** `a, b or c`. */
function oneOf(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' or ')
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
