import { ConfigurationError } from '@gantry/core'
import { mul, type Scalar, type Variable } from '@tensorflow/tfjs-core'
import { latentFeed } from '../feeds.ts'
import type { Opponents } from '../game/opponents.ts'
import { playerUpdate } from '../game/player-update.ts'
import { sampleSource } from '../game/samples.ts'
import type { LearningPhase } from '../game/update-phases.ts'
import { withGradients } from '../game/value-and-gradients.ts'
import { pathLengths } from './path-length.ts'
import type { StyleGenerator } from './style-generator.ts'
import type { StyleOptions } from './style-options.ts'

/** When path lengths are regularised, and how. */
export interface PathLengthOptions {
  readonly weight: number
  readonly every: number
  /** Part of a batch that they are taken of. */
  readonly shrink: number
  readonly decay: number
}

interface PathLengthRequest {
  readonly trained: StyleGenerator
  readonly options: StyleOptions
  readonly pathLength: PathLengthOptions
  readonly batchSize: number
  readonly classes: number | undefined
}

const inTraining = { training: true }

/**
 * `path-length`: path-length regularisation in a step of its own, with the weight of all the steps that it stands for (Karras et al. 2020,
 * section 3.1). None where its weight is 0.
 */
export function pathLengthPhase(
  { generator, updates }: Pick<Opponents, 'generator' | 'updates'>,
  { trained, options, pathLength, batchSize, classes }: PathLengthRequest,
): { readonly phases: LearningPhase[]; readonly slots: Readonly<Record<string, Variable>>; dispose(): void } {
  const { weight, every, shrink, decay } = pathLength
  if (weight === 0) return { phases: [], slots: {}, dispose: () => {} }
  const paths = pathLengths(decay)
  const samples = batchSize / shrink
  const { drawLabels } = sampleSource(trained, samples, classes, undefined)
  // The moving average follows once a step. Where gradients are gathered, everything moves at once.
  const update = options.gradientAccumulation > 1 ? updates.generator : playerUpdate(generator)
  const phase: LearningPhase['phase'] = {
    name: 'path-length',
    every,
    feeds: { latent: latentFeed(options.latentSize, samples) },
    program: ({ latent }) => {
      const labels = drawLabels()
      const own = withGradients(trained.trainable, () => {
        const styles = trained.styles({ latent: latent!, ...(labels && { labels }) }, inTraining)
        const { penalty, length } = paths.penalty((each) => trained.synthesized(each, inTraining), styles)
        const reports = { pathPenalty: mul(penalty, weight) as Scalar, pathLength: length }
        return { loss: mul(reports.pathPenalty, every), reports }
      })
      update.learn(own.gradients)
      return own.reports
    },
  }
  return { phases: [{ phase, updates: [update] }], slots: paths.slots, dispose: paths.dispose }
}

/**
 * Refuses path lengths that do not fit the batches.
 *
 * @throws ConfigurationError `OPTIONS_CONFLICT`, naming both
 */
export function checkPathLength(
  variant: string,
  { gradientAccumulation }: Pick<StyleOptions, 'gradientAccumulation'>,
  pathLength: PathLengthOptions | undefined,
  batchSize: number,
): void {
  if (pathLength === undefined || pathLength.weight === 0) return
  const { every, shrink } = pathLength
  if (batchSize % shrink !== 0) {
    throw new ConfigurationError({
      code: 'OPTIONS_CONFLICT',
      message: `${variant}: pathLengthShrink ${shrink} does not divide the batch size ${batchSize}.`,
      fix: `Use a batch size that is a multiple of ${shrink}, or pathLengthShrink 1.`,
    })
  }
  if (gradientAccumulation > 1 && every > 1) {
    throw new ConfigurationError({
      code: 'OPTIONS_CONFLICT',
      message: `${variant}: gradientAccumulation ${gradientAccumulation} averages the same terms over that many batches, but pathLengthEvery ${every} regularises path lengths in some of them only.`,
      fix: 'Set pathLengthEvery to 1, or gradientAccumulation to 1.',
    })
  }
}
