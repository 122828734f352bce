import { existsSync, statSync } from 'node:fs'
import { ConfigurationError } from '@gantry/core'
import type { Inspection } from '@gantry/reports/inspection'
import { Command } from 'commander'
import { type DataFlags, dataOptionsOf, withDataOptions } from '../options.ts'
import { note, type OutputFlags, present } from '../output.ts'

interface InspectFlags extends OutputFlags, DataFlags {
  readonly out?: string
}

export function inspectCommand(): Command {
  const command = new Command('inspect')
    .argument('<run|model.onnx|dataset>')
    .description('show what a run, a model or a data set is made of')
    .option('--out <file>', 'also draw samples of a data set into a PNG')
  return withDataOptions(command).action(inspect)
}

/** `gantry inspect`: a run folder, else a file, else the name of a data set. */
async function inspect(target: string, flags: InspectFlags): Promise<void> {
  const { result, lines } = await inspectTarget(target, flags)
  present(flags, result, lines)
}

async function inspectTarget(target: string, flags: InspectFlags): Promise<Inspection> {
  const { inspectDataset, inspectModel, inspectRun } = await import('@gantry/reports/inspection')
  const present = existsSync(target)
  if (present && statSync(target).isFile()) return inspectModel(target)
  const { RunFolder } = await import('@gantry/runs/config')
  if (present && (await RunFolder.isRun(target))) return inspectRun(target)
  if (present && !target.includes(':')) {
    throw new ConfigurationError({
      code: 'TARGET_UNKNOWN',
      message: `The folder ${target} is not a run: it has no config.json.`,
      fix: `To inspect its images, name it 'folder:${target}'.`,
    })
  }
  const out = flags.out === undefined ? {} : { out: flags.out }
  return inspectDataset(target, { options: dataOptionsOf(flags), onNote: note, ...out })
}
