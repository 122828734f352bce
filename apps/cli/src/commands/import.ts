import { table } from '@gantry/reports/text'
import { Command } from 'commander'
import { note, type OutputFlags, present } from '../output.ts'

interface ImportFlags extends OutputFlags {
  readonly out?: string
}

export function importCommand(): Command {
  return new Command('import')
    .argument('<variant>', 'stylegan2')
    .argument(
      '<file>',
      'a network-snapshot.pkl of stylegan2-ada-pytorch, or a state dict of G_ema (.safetensors, .pth)',
    )
    .description('make a run of networks that others have trained; nothing in their file is run')
    .option('--out <folder>', 'run folder (default: runs/VARIANT-DATASET)')
    .action(importFile)
}

/** `gantry import`: a folder that is sampled, walked, projected and served like that of any run. */
async function importFile(variant: string, file: string, { out, ...flags }: ImportFlags): Promise<void> {
  const { importNetworks } = await import('@gantry/runs')
  const made = await importNetworks({ variant, file, ...(out !== undefined && { out }) })
  const { folder, shape, classes, options, judges, exports, notes } = made
  for (const each of notes) note(each)
  const files = exports.map(({ path, manifest }) => ({
    function: manifest.function,
    path,
    parityError: manifest.parityError,
  }))
  const result = { run: folder.path, variant, dataset: folder.config.data, shape, ...(classes && { classes }) }
  present(flags, { ...result, options, discriminator: judges, exports: files, notes }, [
    `${variant} of ${file}: images of ${shape.join('×')}${classes ? ` in ${classes} classes` : ''}`,
    ...table([
      ['run', folder.path],
      ...files.map(({ function: name, path }) => [name, path]),
      ['parity error', Math.max(...files.map(({ parityError }) => parityError)).toExponential(1)],
      ['discriminator', judges ? 'in the checkpoint' : '—'],
      ...Object.entries(options).map(([name, value]) => [name, String(value)]),
      [
        'start from it',
        `gantry train ${variant} --config ${folder.path}/config.json --data DATASET --init-from ${folder.path}`,
      ],
    ]),
  ])
}
