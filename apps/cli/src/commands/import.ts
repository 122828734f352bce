import { table } from '@gantry/reports/text'
import { Command } from 'commander'
import { type DataFlags, dataOptionsOf, withDataOptions } from '../options.ts'
import { note, type OutputFlags, present } from '../output.ts'
import { createWorkProgress } from '../work-progress.ts'

interface ImportFlags extends OutputFlags, DataFlags {
  readonly out?: string
  readonly data?: string
}

export function importCommand(): Command {
  const command = new Command('import')
    .argument('<variant>', 'stylegan2')
    .argument(
      '<file>',
      'a network-snapshot.pkl of stylegan2-ada-pytorch, or a state dict of G_ema (.safetensors, .pth)',
    )
    .description('make a run of networks that others have trained; nothing in their file is run')
    .option('--out <folder>', 'run folder (default: runs/VARIANT-DATASET)')
    .option('--data <dataset>', "data to go on with: 'gantry train VARIANT --out FOLDER --resume'")
  return withDataOptions(command).action(importFile)
}

/** `gantry import`: a folder that is sampled, walked, projected and served like that of any run. */
async function importFile(variant: string, file: string, { out, data, ...flags }: ImportFlags): Promise<void> {
  const { importNetworks } = await import('@gantry/runs')
  const own = { ...(out !== undefined && { out }), ...(data !== undefined && { data }) }
  const progress = await createWorkProgress()
  // Of networks for large images it takes minutes: each export is compared with what the networks make here.
  const onProgress = (done: number, total: number) => progress.report(done, total, 'parts of the import')
  const request = { variant, file, ...own, dataOptions: dataOptionsOf(flags), onProgress }
  const made = await importNetworks(request).finally(() => progress.stop())
  const { folder, shape, classes, options, judges, exports, notes } = made
  for (const each of notes) note(each)
  const { path } = folder
  const again = `gantry train ${variant}`
  const files = exports.map(({ path: file, manifest }) => ({
    function: manifest.function,
    path: file,
    parityError: manifest.parityError,
  }))
  const result = { run: path, variant, dataset: folder.config.data, shape, ...(classes && { classes }) }
  present(flags, { ...result, options, discriminator: judges, exports: files, notes }, [
    `${variant} of ${file}: images of ${shape.join('×')}${classes ? ` in ${classes} classes` : ''}`,
    ...table([
      ['run', path],
      ...files.map((each) => [each.function, each.path]),
      ['parity error', Math.max(...files.map(({ parityError }) => parityError)).toExponential(1)],
      ['discriminator', judges ? 'in the checkpoint' : '—'],
      ...Object.entries(options).map(([name, value]) => [name, String(value)]),
      data === undefined
        ? ['start from it', `${again} --config ${path}/config.json --data DATASET --init-from ${path}`]
        : ['go on with', `${again} --out ${path} --resume`],
    ]),
  ])
}
