import { UnsupportedError } from '@gantry/core'
import { writeFileAtomically } from '@gantry/files'
import { type Generator, generate } from './generate.ts'
import type { LatentSpace } from './latents.ts'
import { sampleView } from './sample-view.ts'
import type { TrainedModel, TrainOptions } from './train-options.ts'

/** The function that grids are made with: the moving average of the generator gives the better images. */
const FUNCTION = 'generateEma'

/** Generates the samples of a step; what it resolves to draws and writes them, and tells their path. */
export type GridPainter = (step: number) => Promise<() => Promise<string>>

/**
 * Paints `samples/STEP.png` from the same latent vectors each time, so that a run can be watched like a film. In two parts:
 * the engine must not go on before all samples are made, but it may while they become a picture.
 *
 * @throws UnsupportedError `GENERATOR_MISSING` for a model without `generateEma(latent) → samples`
 */
export async function gridPainter(options: TrainOptions): Promise<GridPainter> {
  const { model, session, dataset, run, config } = options
  const latentSpace = latentSpaceOf(model)
  const view = await sampleView(dataset, config.seed)
  const generator: Generator = async (latent, labels) =>
    (await session.evaluate(FUNCTION, { latent, ...(labels && { labels }) })).samples!
  const { classes } = model
  const labelOf = classes === undefined ? undefined : (index: number) => index % classes
  return async (step) => {
    const samples = await generate(generator, latentSpace, {
      seed: config.seed,
      count: config.sampleCount,
      ...(labelOf && { labelOf }),
    })
    return async () => {
      const path = run.samplePath(step)
      await writeFileAtomically(path, await view(samples))
      return path
    }
  }
}

function latentSpaceOf({ name, functions, latent }: TrainedModel): LatentSpace {
  const size = functions.find((each) => each.name === FUNCTION)?.feeds.latent?.shape[1]
  if (typeof size === 'number') return { size, distribution: latent?.distribution ?? 'normal' }
  throw new UnsupportedError({
    code: 'GENERATOR_MISSING',
    message: `Sample grids need a function ${FUNCTION}(latent [batch, size]), which the model '${name}' lacks.`,
    fix: `Its functions are: ${functions.map((each) => each.name).join(', ') || 'none'}.`,
  })
}
