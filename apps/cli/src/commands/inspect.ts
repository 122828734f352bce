import { existsSync, statSync } from 'node:fs'
import type { Inspection } from '@gantry/reports/inspection'
import { Command } from 'commander'
import { type DataFlags, dataOptionsOf, withDataOptions } from '../options.ts'
import { note, type OutputFlags, present } from '../output.ts'

interface InspectFlags extends OutputFlags, DataFlags {
  readonly out?: string
}

export function inspectCommand(): Command {
  const command = new Command('inspect')
    .argument('<run|file|folder|dataset>')
    .description('show what a run, a model, a data set, or any file of weights, arrays or pictures is made of')
    .option('--out <file>', 'also draw samples of a data set into a PNG')
  return withDataOptions(command).action(inspect)
}

/** `gantry inspect`: what lies there, else the name of a data set. */
async function inspect(target: string, flags: InspectFlags): Promise<void> {
  const { result, lines } = await inspectTarget(target, flags)
  present(flags, result, lines)
}

async function inspectTarget(target: string, flags: InspectFlags): Promise<Inspection> {
  const { inspectDataset, inspectFile, inspectFolder } = await import('@gantry/reports/inspection')
  const options = { options: dataOptionsOf(flags), onNote: note, ...(flags.out !== undefined && { out: flags.out }) }
  if (!existsSync(target)) return inspectDataset(target, options)
  return statSync(target).isFile() ? inspectFile(target, options) : inspectFolder(target, options)
}
