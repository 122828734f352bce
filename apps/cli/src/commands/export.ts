import { ConfigurationError } from '@gantry/core'
import { RunFolder } from '@gantry/training'
import { exportRun } from '../export-run.ts'
import { type OutputFlags, present, table } from '../output.ts'

export interface ExportFlags extends OutputFlags {
  readonly out?: string
  readonly weights: string
}

/** `gantry export`: a run's newest checkpoint as `generator.onnx`. */
export async function exportCommand(path: string, flags: ExportFlags): Promise<void> {
  const { weights } = flags
  if (weights !== 'ema' && weights !== 'raw') {
    throw new ConfigurationError({
      code: 'OPTION_INVALID',
      message: `--weights must be one of: ema, raw, not '${weights}'.`,
    })
  }
  const run = await RunFolder.open(path)
  const { manifest, path: written } = await exportRun(run, weights, flags.out ?? run.generatorPath)
  present(flags, { generator: written, manifest }, [
    `Exported the ${manifest.variant} generator of step ${manifest.trainingStep} (${weights} weights).`,
    ...table([
      ['generator', written],
      ['parity error', `${manifest.parityError.toExponential(1)} at batch ${manifest.batchSizesChecked.join(', ')}`],
    ]),
  ])
}
