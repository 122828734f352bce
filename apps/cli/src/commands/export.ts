import { describeProgress, parseNumber } from '@gantry/core'
import { table } from '@gantry/reports/text'
import { Command, Option } from 'commander'
import { note, type OutputFlags, present } from '../output.ts'

interface ExportFlags extends OutputFlags {
  readonly out?: string
  readonly weights: 'ema' | 'raw'
  readonly function?: string
  readonly format: string
  readonly storage?: string
  readonly with?: string
  readonly share: string
}

export function exportCommand(): Command {
  return new Command('export')
    .argument('<run>')
    .description("write the generator of a run's newest checkpoint as an ONNX model")
    .option('--out <file|folder>', "where to (default: generator.onnx, NAME.onnx or FORMAT in the run's folder)")
    .addOption(new Option('--weights <which>', 'moving average, or as trained').choices(['ema', 'raw']).default('ema'))
    .option('--function <name>', 'another function of the model, such as reconstruct')
    .option('--format <name>', 'onnx, or a folder for another server: triton, kserve', 'onnx')
    .option('--storage <uri>', 'of kserve: where its storage will lie, such as s3://models/digits')
    .option('--with <run>', "weights between those of another run, such as one on pixels alone, and this one's")
    .option('--share <number>', "this run's share of them, from 0 to 1", '0.8')
    .action(exportGenerator)
}

/** `gantry export`: a run's newest checkpoint as `generator.onnx`, or as a model repository. */
async function exportGenerator(run: string, flags: ExportFlags): Promise<void> {
  const { weights, out, function: functionName, storage, with: other, share } = flags
  const { exportRunAs, RunFolder } = await import('@gantry/runs')
  const given = { ...(out && { path: out }), ...(functionName && { functionName }), ...(storage && { storage }) }
  const between = other && { between: { run: other, share: parseNumber(share) ?? Number.NaN } }
  const options = { weights, onNote: note, ...given, ...between } as const
  const { path, models } = await exportRunAs(await RunFolder.open(run), flags.format, options)
  const lines = models.flatMap(({ path: generator, manifest }) => [
    `Exported '${manifest.function}' of ${manifest.variant} (${describeProgress(manifest)}; weights: ${manifest.weights}).`,
    ...table([
      ['generator', generator],
      ['parity error', `${manifest.parityError.toExponential(1)} at batch ${manifest.batchSizesChecked.join(', ')}`],
    ]),
  ])
  present(flags, { generator: models[0]!.path, manifest: models[0]!.manifest, path, models }, lines)
}
