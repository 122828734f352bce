import { ConfigurationError } from '@gantry/core'
import { table } from '@gantry/reports/text'
import { Command } from 'commander'
import { note, type OutputFlags, present } from '../output.ts'

type ExportFlags = OutputFlags & { out?: string; weights: string; function?: string; format: string; storage?: string }

export function exportCommand(): Command {
  return new Command('export')
    .argument('<run>')
    .description("write the generator of a run's newest checkpoint as an ONNX model")
    .option('--out <file|folder>', "where to (default: generator.onnx, NAME.onnx or FORMAT in the run's folder)")
    .option('--weights <which>', 'ema (moving average) or raw (as trained)', 'ema')
    .option('--function <name>', 'another function of the model, such as reconstruct')
    .option('--format <name>', 'onnx, or a folder for another server: triton, kserve', 'onnx')
    .option('--storage <uri>', 'of kserve: where its storage will lie, such as s3://models/digits')
    .action(exportGenerator)
}

/** `gantry export`: a run's newest checkpoint as `generator.onnx`, or as a model repository. */
async function exportGenerator(run: string, flags: ExportFlags): Promise<void> {
  const { weights, out, function: functionName, storage } = flags
  if (weights !== 'ema' && weights !== 'raw') {
    throw new ConfigurationError({
      code: 'OPTION_INVALID',
      message: `--weights must be one of: ema, raw, not '${weights}'.`,
    })
  }
  const { exportRunAs, RunFolder } = await import('@gantry/runs')
  const given = { ...(out && { path: out }), ...(functionName && { functionName }), ...(storage && { storage }) }
  const options = { weights, onNote: note, ...given } as const
  const { path, models } = await exportRunAs(await RunFolder.open(run), flags.format, options)
  const lines = models.flatMap(({ path: generator, manifest }) => [
    `Exported '${manifest.function}' of ${manifest.variant} at step ${manifest.trainingStep} (${manifest.weights} weights).`,
    ...table([
      ['generator', generator],
      ['parity error', `${manifest.parityError.toExponential(1)} at batch ${manifest.batchSizesChecked.join(', ')}`],
    ]),
  ])
  present(flags, { generator: models[0]!.path, manifest: models[0]!.manifest, path, models }, lines)
}
