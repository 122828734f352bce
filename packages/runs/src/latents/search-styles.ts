import { ConfigurationError, findFunction, type NDArray, ndarray, RandomStream } from '@gantry/core'
import { supply } from '@gantry/modalities'
import {
  noiseOfSynthesis,
  PROJECTED_NOISE,
  PROJECTED_STYLES,
  type ProjectionSpace,
  projectionModel,
} from '@gantry/variants'
import { findEngine } from '../engines/registry.ts'
import { assignVariables } from '../export-run.ts'
import type { OpenedCheckpoint } from '../open-checkpoint.ts'
import { broughtWeights } from '../weights/brought-weights.ts'

export interface SearchOptions {
  readonly space: ProjectionSpace
  readonly steps: number
  readonly seed: number
  readonly perceptual: 'random-conv' | 'vgg19'
  readonly pixelWeight: number
  readonly noiseWeight: number
  /** Called with what was found so far, `pictures` times on the way and at the end. */
  readonly onPicture: (picture: NDArray, step: number) => Promise<void> | void
  readonly pictures: number
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
}

/** What was found. */
export interface FoundStyles {
  /** [1, layers, size]; one layer stands for all in W. */
  readonly styles: NDArray<'float32'>
  /** Noise maps by name. */
  readonly noise: Readonly<Record<string, NDArray>>
  /** What is made of them: [1, height, width, channels]. */
  readonly picture: NDArray
}

// Those of Karras et al. 2020, appendix D.
const LARGEST_RATE = 0.1
const SPREAD = 0.05
const SPREAD_ENDS = 0.75
const RISE = 0.05
const FALL = 0.25
const SAMPLES = 10_000
const BATCH = 500

/** The step size at a share of the way: it rises for the first twentieth, and falls along a cosine in the last quarter. */
export function rateAt(share: number): number {
  const falling = Math.min(1, (1 - share) / FALL)
  return LARGEST_RATE * (0.5 - 0.5 * Math.cos(falling * Math.PI)) * Math.min(1, share / RISE)
}

/** How much noise is added to the styles at a share of the way, for styles that differ by `deviation`. */
export function spreadAt(share: number, deviation: number): number {
  return deviation * SPREAD * Math.max(0, 1 - share / SPREAD_ENDS) ** 2
}

/**
 * Looks for the styles and noise of which a generator makes a picture (Karras et al. 2020, appendix D). The generator's step is compiled
 * like that of a training, and runs on the run's engine.
 *
 * @param target [1, height, width, channels] in the generator's range
 * @throws ConfigurationError `STYLES_MISSING` for models without styles; the signal's reason
 */
export async function searchStyles(
  opened: OpenedCheckpoint,
  target: NDArray,
  options: SearchOptions,
): Promise<FoundStyles> {
  const { model, state, config } = opened
  const synthesis = synthesisOf(opened)
  const { space, steps, seed, perceptual, pixelWeight, noiseWeight, pictures, onPicture, onProgress, signal } = options
  const { mean, deviation } = await averageStyle(opened, seed)
  await assignVariables(model.variables, state)
  const random = new RandomStream(seed, 'projection')
  const normals = (shape: readonly number[], scale = 1) => {
    const array = ndarray('float32', shape)
    random.fillNormal(array.data)
    return { ...array, data: array.data.map((value) => scale * value) }
  }
  const shapes = Object.entries(noiseOfSynthesis(synthesis))
  const projection = projectionModel({
    ...{ model, synthesis, space, start: mean, perceptual, pixelWeight, noiseWeight },
    noise: Object.fromEntries(shapes.map(([name, shape]) => [name, normals(shape)])),
    ...(perceptual === 'vgg19' && { weights: await broughtWeights('A projection by vgg19', ['vgg19']) }),
  })
  try {
    const session = await findEngine(config.engine).prepare(projection, config.device)
    try {
      const found = async (): Promise<FoundStyles> => {
        const own = await session.readState([PROJECTED_STYLES, ...(shapes.length > 0 ? [`${PROJECTED_NOISE}/`] : [])])
        const styles = own[PROJECTED_STYLES] as NDArray<'float32'>
        const noise = Object.fromEntries(shapes.map(([name]) => [name, own[`${PROJECTED_NOISE}/${name}`]!]))
        const inputs = { styles: allLayers(styles, synthesis.inputs.styles!.shape as readonly number[]), noise: one() }
        const { samples } = await session.evaluate('synthesis', { ...inputs, ...noise })
        return { styles, noise, picture: samples! }
      }
      const every = Math.max(1, Math.floor(steps / Math.max(1, pictures)))
      for (let step = 0; step < steps; step++) {
        signal?.throwIfAborted()
        if (pictures > 0 && step % every === 0) await onPicture((await found()).picture, step)
        const share = step / steps
        const jitter = normals([1, 1, mean.length], spreadAt(share, deviation))
        const rate = ndarray('float32', [], Float32Array.of(rateAt(share)))
        await session.run('project', { target, rate, jitter })
        onProgress?.(step + 1, steps)
      }
      const last = await found()
      await onPicture(last.picture, steps)
      return last
    } finally {
      await session.dispose()
    }
  } finally {
    projection.dispose()
  }
}

/**
 * The function that makes samples of styles.
 *
 * @throws ConfigurationError `STYLES_MISSING` for models without styles
 */
export function synthesisOf({ model, config }: Pick<OpenedCheckpoint, 'model' | 'config'>) {
  const synthesis = model.functions.find(({ name }) => name === 'synthesis')
  if (synthesis === undefined) throw withoutStyles(config.variant)
  return synthesis
}

const one = () => ndarray('float32', [1], Float32Array.of(1))

/** The mean of many w, and how far they usually are from it. */
async function averageStyle(
  { model, session }: OpenedCheckpoint,
  seed: number,
): Promise<{ readonly mean: Float32Array; readonly deviation: number }> {
  const { inputs } = findFunction(model, 'mapping')
  const all: Float32Array[] = []
  for (let from = 0; from < SAMPLES; from += BATCH) {
    const { w } = await session.evaluate('mapping', supply(inputs, { seed, from, count: BATCH }))
    const size = w!.shape[1]!
    for (let row = 0; row < BATCH; row++) all.push((w!.data as Float32Array).slice(row * size, (row + 1) * size))
  }
  const mean = all[0]!.map((_, index) => all.reduce((sum, w) => sum + w[index]!, 0) / all.length)
  const squares = all.reduce((sum, w) => sum + w.reduce((own, value, index) => own + (value - mean[index]!) ** 2, 0), 0)
  return { mean, deviation: Math.sqrt(squares / all.length) }
}

/** One style for every layer, where there is but one. */
function allLayers({ data, shape }: NDArray<'float32'>, [layers, size]: readonly number[]): NDArray<'float32'> {
  const array = ndarray('float32', [1, layers!, size!])
  const own = shape[1]!
  for (let layer = 0; layer < layers!; layer++) {
    array.data.set(data.subarray((layer % own) * size!, (layer % own) * size! + size!), layer * size!)
  }
  return array
}

function withoutStyles(variant: string): ConfigurationError {
  return new ConfigurationError({
    code: 'STYLES_MISSING',
    message: `A run of the variant '${variant}' has no styles that could be looked for.`,
    fix: "Project with a run of a variant that has, such as 'stylegan2'.",
  })
}
