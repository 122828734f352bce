import { counted } from '@gantry/core'
import { table } from '@gantry/reports/text'
import { Command } from 'commander'
import { interruptible } from '../interrupt.ts'
import { type DataFlags, dataOptionsOf, requireAtLeast, wholeNumber, withDataOptions } from '../options.ts'
import { type OutputFlags, present } from '../output.ts'
import { noteSkipped } from '../skipped.ts'
import { createWorkProgress } from '../work-progress.ts'

interface StatsFlags extends OutputFlags, DataFlags {
  readonly out: string
  readonly count?: number
  readonly extractor?: string
  readonly layer?: string
}

export function statsCommand(): Command {
  const command = new Command('stats')
    .argument('<dataset|folder>')
    .description('write mean and covariance of the features of a data set, for FID')
    .requiredOption('--out <file>', 'ends in .npz (as other tools read it) or .safetensors')
    .option('--count <number>', 'samples, at most (default: all)', wholeNumber)
    .option(
      '--extractor <name|model.onnx>',
      'inception-fid, classifier-mnist, random-conv, pixels, or a model of yours',
    )
    .option('--layer <name>', 'layer of the extractor, or value inside the model')
  return withDataOptions(command).action(stats)
}

/** `gantry stats`: mean and covariance of a data set's features, as FID tools exchange them. */
async function stats(target: string, flags: StatsFlags): Promise<void> {
  requireAtLeast(2, '--count', flags.count)
  const { writeStatistics } = await import('@gantry/runs')
  await interruptible(async (signal) => {
    const progress = await createWorkProgress()
    try {
      const { count, extractor, layer } = flags
      const wanted = { ...(count && { count }), ...(extractor && { extractor }), ...(layer && { layer }) }
      const options = { ...wanted, dataOptions: dataOptionsOf(flags), progress, signal }
      const { samples, ...written } = await writeStatistics(target, flags.out, options)
      progress.stop()
      noteSkipped(samples)
      const { features, content, cached, protocol } = written
      present(flags, { out: flags.out, data: samples.name, ...written }, [
        `Statistics of ${counted(written.count, 'sample')} of ${samples.name} in ${flags.out}`,
        ...table([
          ['extractor', `${protocol.extractor}, ${counted(features, 'feature')}${cached ? ' (from the cache)' : ''}`],
          ['weights', protocol.weights!],
          ['content', `sha256 ${content}`],
        ]),
      ])
    } finally {
      progress.stop()
    }
  }, 'Stopping.')
}
