import { writeFile } from 'node:fs/promises'
import { compileModel } from '@gantry/compiler'
import { encodeSafetensors, float32, type NDArray } from '@gantry/core'
import { buildCase } from '../cases/build-case.ts'
import { findCase } from '../cases/cases.ts'
import { countingFlops } from '../cases/count-flops.ts'
import { drawFeeds, type StepFeeds } from '../cases/draw-feeds.ts'
import { cycleOf } from '../cases/phase-times.ts'
import { BATCH_SIZE, LATENT_SIZE, sharedNumbers } from '../cases/tutorial.ts'

interface Parameters {
  readonly case: string
  readonly startFile: string
  readonly feedsFile: string
}

/** The tutorial's feeds are numbers that engines without files can make, too. */
const tutorialFeeds: StepFeeds = {
  step: {
    images: float32([BATCH_SIZE, 28, 28, 1], sharedNumbers(BATCH_SIZE * 28 * 28, 1)),
    latents: float32([BATCH_SIZE, LATENT_SIZE], sharedNumbers(BATCH_SIZE * LATENT_SIZE, Math.sqrt(3))),
  },
}

/**
 * Writes what all engines start from, as safetensors files: `state/NAME` for every variable, in TF.js's order of axes, and
 * `feed/PHASE/NAME` for every feed. The feeds alone are in a file of their own for Gantry, which makes the same weights itself:
 * JavaScript would keep the others in memory for as long as it likes.
 *
 * @returns the floating point operations of one step, on average: matrix products and convolutions only; and the steps after which all
 *   phases come again as they came
 */
export async function run({ case: name, startFile, feedsFile }: Parameters) {
  const benchCase = findCase(name)
  const model = await buildCase(benchCase)
  const counters = model.phases.map((phase) => countingFlops(phase.program, Object.values(model.variables)))
  const phases = model.phases.map((phase, index) => ({ ...phase, program: counters[index]!.program }))
  const compiled = await compileModel({ ...model, phases })
  const { source } = benchCase
  const feeds = source === 'tutorial' ? tutorialFeeds : drawFeeds(compiled, source.fields)
  const weights: Record<string, NDArray> = {}
  const inputs: Record<string, NDArray> = {}
  for (const [name, array] of Object.entries(compiled.variables)) weights[`state/${name}`] = array
  for (const [phase, named] of Object.entries(feeds)) {
    for (const [name, array] of Object.entries(named)) inputs[`feed/${phase}/${name}`] = array
  }
  const metadata = { case: name }
  await writeFile(startFile, encodeSafetensors({ tensors: { ...weights, ...inputs }, metadata }))
  await writeFile(feedsFile, encodeSafetensors({ tensors: inputs, metadata }))
  const flops = counters.reduce((total, counter, index) => total + counter.flops() / phases[index]!.every, 0)
  return { flops, cycle: cycleOf(phases) }
}
