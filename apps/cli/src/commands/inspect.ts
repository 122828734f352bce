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
  const status = statSync(target)
  if (status.isFile()) return inspectFile(target, options)
  if (status.isDirectory()) return inspectFolder(target, options)
  throw new ConfigurationError({
    code: 'FILE_KIND_UNSUPPORTED',
    message: `${target} is neither a file nor a folder, but a device, a pipe or a socket.`,
    fix: 'Write what comes from it to a file, and inspect that.',
  })
}
