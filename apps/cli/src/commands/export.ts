import { ConfigurationError } from '@gantry/core'
import { table } from '@gantry/reports/text'
import { Command } from 'commander'
import { note, type OutputFlags, present } from '../output.ts'

interface ExportFlags extends OutputFlags {
  readonly out?: string
  readonly weights: string
  readonly function?: string
}

export function exportCommand(): Command {
  return new Command('export')
    .argument('<run>')
    .description("write the generator of a run's newest checkpoint as an ONNX model")
    .option('--out <file>', "where to (default: generator.onnx, or NAME.onnx of another function, in the run's folder)")
    .option('--weights <which>', 'ema (moving average) or raw (as trained)', 'ema')
    .option('--function <name>', 'another function of the model, such as reconstruct')
    .action(exportGenerator)
}

/** `gantry export`: a run's newest checkpoint as `generator.onnx`. */
async function exportGenerator(path: string, flags: ExportFlags): Promise<void> {
  const { weights, out, function: functionName } = flags
  if (weights !== 'ema' && weights !== 'raw') {
    throw new ConfigurationError({
      code: 'OPTION_INVALID',
      message: `--weights must be one of: ema, raw, not '${weights}'.`,
    })
  }
  const { exportRun, RunFolder } = await import('@gantry/runs')
  const folder = await RunFolder.open(path)
  const options = { weights, onNote: note, ...(out && { path: out }), ...(functionName && { functionName }) } as const
  const { manifest, path: written } = await exportRun(folder, options)
  present(flags, { generator: written, manifest }, [
    `Exported '${manifest.function}' of ${manifest.variant} at step ${manifest.trainingStep} (${manifest.weights} weights).`,
    ...table([
      ['generator', written],
      ['parity error', `${manifest.parityError.toExponential(1)} at batch ${manifest.batchSizesChecked.join(', ')}`],
    ]),
  ])
}
