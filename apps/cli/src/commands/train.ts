import type { Dataset } from '@gantry/core'
import { EventLog, RunFolder, train as runTraining, startGenerator } from '@gantry/training'
import { INTERRUPTED } from '../exit-codes.ts'
import type { GeneratorExport } from '../export-generator.ts'
import { interruptible } from '../interrupt.ts'
import type { OpenTraining } from '../open-training.ts'
import { note, present, table } from '../output.ts'
import { planRun, type TrainFlags } from '../plan-run.ts'
import { createProgress, formatSeconds, showScan } from '../progress.ts'

/** `gantry train`: a run from its settings to an exported generator. */
export async function train(variantName: string, flags: TrainFlags): Promise<void> {
  const { path, config } = await planRun(variantName, flags)
  // Settings are checked before the engines are loaded, which takes a second.
  const { openTraining } = await import('../open-training.ts')
  await interruptible(async (signal) => {
    const training = await openTraining(config, { signal, onProgress: showScan, ...(flags.strict && { strict: true }) })
    try {
      const resumed = flags.resume ? await RunFolder.open(path) : undefined
      // Before the folder is made: a generator that does not fit leaves no run behind.
      if (((await resumed?.checkpoints.list()) ?? []).length === 0) await startFrom(training)
      const run = resumed
        ? await resumed.reconfigure(training.config)
        : await RunFolder.create(path, training.config, versionsOf(training))
      await trainIn(run, training, signal, flags)
    } finally {
      await training.dispose()
    }
  })
}

async function trainIn(run: RunFolder, training: OpenTraining, signal: AbortSignal, flags: TrainFlags): Promise<void> {
  const { config, dataset, session } = training
  announce(run, training)
  const skippedAtStart = dataset.description.skipped.length
  const progress = await createProgress()
  const outcome = await runTraining({ ...training, run, signal, onEvent: (event) => progress.show(event) }).finally(
    () => progress.stop(),
  )
  const generator = outcome.outcome === 'finished' ? await exportAfter(run, training, outcome.step) : undefined
  // Images whose header was fine can turn out to be damaged when they are decoded.
  noteSkipped(dataset.description.skipped.slice(skippedAtStart))
  if (outcome.outcome === 'interrupted') process.exitCode = INTERRUPTED

  const { step, secondsElapsed, imagesPerSecond, scalars, checkpointPath } = outcome
  const result = {
    run: run.path,
    outcome: outcome.outcome,
    step,
    secondsElapsed,
    imagesPerSecond,
    scalars,
    checkpoint: checkpointPath,
    ...(generator && {
      samples: run.samplePath(step),
      generator: generator.path,
      parityError: generator.manifest.parityError,
    }),
    variant: config.variant,
    dataset: dataset.name,
    skipped: dataset.description.skipped.length,
    engine: session.report,
  }
  present(flags, result, [
    outcome.outcome === 'finished' ? `Finished ${step} steps.` : `Interrupted after ${step} of ${config.steps} steps.`,
    ...table([
      ['time', `${formatSeconds(secondsElapsed)}, ${Math.round(imagesPerSecond)} images/s`],
      ['run', run.path],
      ['checkpoint', checkpointPath],
      ...(generator
        ? [
            ['samples', run.samplePath(step)],
            ['generator', generator.path],
            ['parity error', generator.manifest.parityError.toExponential(1)],
          ]
        : [['go on with', `gantry train ${config.variant} --out ${run.path} --resume`]]),
    ]),
  ])
}

async function exportAfter(run: RunFolder, training: OpenTraining, step: number): Promise<GeneratorExport> {
  const { exportGenerator } = await import('../export-generator.ts')
  const state = await training.session.readState()
  const generator = await exportGenerator(training, { state, step, weights: 'ema', path: run.generatorPath })
  const log = await EventLog.open(run.eventsPath)
  const { parityError } = generator.manifest
  await log.append({ type: 'export', step, path: generator.path, parityError }).finally(() => log.close())
  return generator
}

/** Puts the generator where another run's is, if the configuration says so. */
async function startFrom({ config: { initFrom }, session }: OpenTraining): Promise<void> {
  if (initFrom === undefined) return
  const { variant, path } = await startGenerator(session, initFrom)
  note(`the generator starts from that of ${variant} in ${path}`)
}

function versionsOf({ session: { report } }: OpenTraining): Record<string, string> {
  return { [report.engine]: report.version }
}

function announce(run: RunFolder, { config, dataset, session: { report } }: OpenTraining): void {
  note(
    `${config.variant} on ${dataset.name} (${dataset.size} samples of ${dataset.sampleShape.join('×')}) in ${run.path}`,
  )
  note(`engine ${report.engine} ${report.version} on ${report.device}`)
  for (const warning of report.warnings) note(`warning: ${warning}`)
  noteSkipped(dataset.description.skipped)
}

function noteSkipped(skipped: Dataset['description']['skipped']): void {
  if (skipped.length === 0) return
  const first = skipped.slice(0, 3).map(({ name, reason }) => `${name} ${reason}`)
  const files = skipped.length === 1 ? 'file was' : 'files were'
  note(`warning: ${skipped.length} ${files} left out: ${first.join('; ')}${skipped.length > 3 ? ' …' : ''}`)
}
