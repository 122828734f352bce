import { existsSync } from 'node:fs'
import type { EngineReport } from '@gantry/core'
import { counted } from '@gantry/core'
import { formatSeconds, roundedSpeed, table } from '@gantry/reports/text'
import type { OpenedRun, RunFolder, TrainedRun } from '@gantry/runs'
import { Command, Option } from 'commander'
import { INTERRUPTED } from '../exit-codes.ts'
import { interruptible } from '../interrupt.ts'
import { wholeNumber, withDataOptions } from '../options.ts'
import { note, present } from '../output.ts'
import type { TrainFlags } from '../plan-run.ts'
import { createProgress, showScan } from '../progress.ts'
import { noteSkipped } from '../skipped.ts'

export function trainCommand(): Command {
  const command = new Command('train')
    .argument('<variant>')
    .description('train a variant on a data set; the run folder holds everything about it')
    .option('--data <dataset>', "data set: see 'gantry list datasets'")
    .option('--bind <slot=field...>', 'the field of the data for something that the variant needs, where several fit')
    .option('--out <folder>', 'run folder (default: runs/VARIANT-DATASET)')
    .option('--preset <name>', "named settings of the variant: see 'gantry list variants'")
    .option('--steps <number>', 'training steps', wholeNumber)
    .option('--batch-size <number>', 'samples in a step', wholeNumber)
  return withDataOptions(command)
    .option('--seed <number>', 'the same seed gives the same run', wholeNumber)
    .option('--init-from <run>', 'start the generator from that of another run, such as the decoder of a vae')
    .option('--engine <name>', "auto, or one of 'gantry list engines'")
    .option('--device <name>', "auto, or one of 'gantry list engines'")
    .addOption(new Option('--on-nan <what>', 'after numbers that are not finite').choices(['stop', 'rollback']))
    .option('--config <file>', 'settings in JSON or YAML')
    .option('--set <key=value...>', 'one setting of the run, of its data or of the variant; may be repeated')
    .option('--strict', 'fail on the first file that cannot be used, instead of leaving it out')
    .option('--resume', 'go on with the run in the folder')
    .action(train)
}

/** `gantry train`: a run from its settings to an exported generator. */
async function train(variantName: string, flags: TrainFlags): Promise<void> {
  const { planRun } = await import('../plan-run.ts')
  const { path, config } = await planRun(variantName, flags)
  // Settings are checked before the engines are loaded, which takes a second.
  const { beginRun } = await import('@gantry/runs')
  const { resume = false, strict = false } = flags
  await interruptible(async (signal) => {
    const { folder, run } = await beginRun(path, config, { resume, strict, signal, onProgress: showScan, onNote: note })
    try {
      await trainIn(folder, run, signal, flags)
    } finally {
      await run.dispose()
    }
  })
}

async function trainIn(folder: RunFolder, run: OpenedRun, signal: AbortSignal, flags: TrainFlags): Promise<void> {
  const { trainRun } = await import('@gantry/runs')
  const { config, dataset } = run
  const { session, secondsToPrepare } = await run.stages[0]!.open()
  announce(folder, run, session.report, secondsToPrepare)
  const skippedAtStart = dataset.description.skipped.length
  const progress = await createProgress()
  const outcome = await trainRun(folder, run, { signal, onEvent: (event) => progress.show(event) }).finally(() =>
    progress.stop(),
  )
  // Images whose header was fine can turn out to be damaged when they are decoded.
  noteSkipped({ name: dataset.name, skipped: dataset.description.skipped.slice(skippedAtStart) })
  if (outcome.outcome === 'interrupted') process.exitCode = INTERRUPTED
  const { step, secondsElapsed, samplesPerSecond, scalars, checkpointPath, generator, others = [] } = outcome
  const samples = folder.samplePath(step)
  const result = {
    run: folder.path,
    outcome: outcome.outcome,
    step,
    secondsElapsed,
    samplesPerSecond,
    scalars,
    checkpoint: checkpointPath,
    ...(outcome.stage !== undefined && { stage: outcome.stage }),
    ...(generator && {
      ...(existsSync(samples) && { samples }),
      generator: generator.path,
      ...(others.length > 0 && { others: others.map(({ path }) => path) }),
      parityError: generator.manifest.parityError,
    }),
    variant: config.variant,
    dataset: dataset.name,
    skipped: dataset.description.skipped.length,
    engine: session.report,
  }
  present(flags, result, summary(folder, run, outcome))
}

function summary(folder: RunFolder, { config }: OpenedRun, outcome: TrainedRun): string[] {
  const { step, secondsElapsed, samplesPerSecond, checkpointPath, generator, others = [], stageNote } = outcome
  const samples = folder.samplePath(step)
  const idle = Object.keys(outcome.scalars).length === 0
  const finished = idle
    ? `The run has its ${counted(step, 'step')}: --steps asks for more.`
    : `Finished ${counted(step, 'step')}.`
  return [
    outcome.outcome === 'finished' ? finished : `Interrupted after ${step} of ${counted(config.steps, 'step')}.`,
    ...table([
      ...(idle
        ? []
        : [['time', `${formatSeconds(secondsElapsed)}, ${counted(roundedSpeed(samplesPerSecond), 'sample')}/s`]]),
      ['run', folder.path],
      ...(stageNote === undefined ? [] : [['stage', stageNote]]),
      ['checkpoint', checkpointPath],
      ...(generator
        ? [
            ...(existsSync(samples) ? [['samples', samples]] : []),
            ['generator', generator.path],
            ...others.map(({ path, manifest }) => [manifest.function, path]),
            ['parity error', generator.manifest.parityError.toExponential(1)],
          ]
        : [['go on with', `gantry train ${config.variant} --out ${folder.path} --resume`]]),
    ]),
  ]
}

function announce(
  folder: RunFolder,
  { config, dataset, data, staged }: OpenedRun,
  report: EngineReport,
  seconds: number | undefined,
): void {
  const fields = Object.values(data.binding).map((name) => `${name} ${data.fields[name]!.shape.join('×')}`.trim())
  note(
    `${config.variant} on ${dataset.name} (${dataset.size.toLocaleString('en')} samples of ${fields.join(', ')}) in ${folder.path}`,
  )
  // Of stages each says it when it begins.
  const compiled = staged || seconds === undefined ? '' : `, compiled in ${seconds.toFixed(1)} s`
  note(`engine ${report.engine} ${report.version} on ${report.device}${compiled}`)
  for (const warning of report.warnings) note(`warning: ${warning}`)
  noteSkipped({ name: dataset.name, skipped: dataset.description.skipped })
}
