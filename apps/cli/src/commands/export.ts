import { parseNumber } from '@gantry/core'
import { table } from '@gantry/reports/text'
import { Command, Option } from 'commander'
import { note, type OutputFlags, present } from '../output.ts'

interface ExportFlags extends OutputFlags {
  readonly out?: string
  readonly weights: 'ema' | 'raw'
  readonly function?: string
  readonly with?: string
  readonly share: string
}

export function exportCommand(): Command {
  return new Command('export')
    .argument('<run>')
    .description("write the generator of a run's newest checkpoint as an ONNX model")
    .option('--out <file>', "where to (default: generator.onnx, or NAME.onnx of another function, in the run's folder)")
    .addOption(new Option('--weights <which>', 'moving average, or as trained').choices(['ema', 'raw']).default('ema'))
    .option('--function <name>', 'another function of the model, such as reconstruct')
    .option('--with <run>', "weights between those of another run, such as one on pixels alone, and this one's")
    .option('--share <number>', "this run's share of them, from 0 to 1", '0.8')
    .action(exportGenerator)
}

/** `gantry export`: a run's newest checkpoint as `generator.onnx`. */
async function exportGenerator(path: string, flags: ExportFlags): Promise<void> {
  const { weights, out, function: functionName, with: run, share } = flags
  const { exportRun, RunFolder } = await import('@gantry/runs')
  const folder = await RunFolder.open(path)
  const options = {
    ...{ weights, onNote: note, ...(out && { path: out }), ...(functionName && { functionName }) },
    ...(run && { between: { run, share: parseNumber(share) ?? Number.NaN } }),
  } as const
  const { manifest, path: written } = await exportRun(folder, options)
  present(flags, { generator: written, manifest }, [
    `Exported '${manifest.function}' of ${manifest.variant} at step ${manifest.trainingStep} (${manifest.weights} weights).`,
    ...table([
      ['generator', written],
      ['parity error', `${manifest.parityError.toExponential(1)} at batch ${manifest.batchSizesChecked.join(', ')}`],
    ]),
  ])
}
