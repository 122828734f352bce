import { writeFile } from 'node:fs/promises'
import { compileModel } from '@gantry/compiler'
import { encodeSafetensors, float32, type NDArray } from '@gantry/core'
import { buildCase } from './build-case.ts'
import type { BenchCase } from './cases.ts'
import { countingFlops } from './count-flops.ts'
import { drawFeeds, type StepFeeds } from './draw-feeds.ts'
import { BATCH_SIZE, flopsOfStep, LATENT_SIZE, sharedNumbers } from './tutorial.ts'

export interface PreparedCase {
  /** Floating point operations of one step: matrix products and convolutions only. */
  readonly flops: number
}

/** The tutorial's feeds are numbers that engines without files can make, too. */
const tutorialFeeds: StepFeeds = {
  step: {
    images: float32([BATCH_SIZE, 28, 28, 1], sharedNumbers(BATCH_SIZE * 28 * 28, 1)),
    latents: float32([BATCH_SIZE, LATENT_SIZE], sharedNumbers(BATCH_SIZE * LATENT_SIZE, Math.sqrt(3))),
  },
}

/**
 * Writes what all engines start from, as a safetensors file: `state/NAME` for every variable, in TF.js's order of axes, and
 * `feed/PHASE/NAME` for every feed.
 */
export async function prepareCase(benchCase: BenchCase, startFile: string): Promise<PreparedCase> {
  const model = await buildCase(benchCase)
  const counters = model.phases.map((phase) => countingFlops(phase.program, Object.values(model.variables)))
  const phases = model.phases.map((phase, index) => ({ ...phase, program: counters[index]!.program }))
  const compiled = await compileModel({ ...model, phases })
  const { source } = benchCase
  const feeds = source === 'tutorial' ? tutorialFeeds : drawFeeds(compiled, source.classes)
  const tensors: Record<string, NDArray> = {}
  for (const [name, array] of Object.entries(compiled.variables)) tensors[`state/${name}`] = array
  for (const [phase, named] of Object.entries(feeds)) {
    for (const [name, array] of Object.entries(named)) tensors[`feed/${phase}/${name}`] = array
  }
  await writeFile(startFile, encodeSafetensors({ tensors, metadata: { case: benchCase.name } }))
  const counted = counters.reduce((total, counter) => total + counter.flops(), 0)
  // The tutorial's model shows its discriminator both kinds of images in one batch, which is a little more than it needs.
  return { flops: source === 'tutorial' ? flopsOfStep(BATCH_SIZE) : counted }
}
