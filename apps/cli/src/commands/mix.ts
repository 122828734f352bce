import { Command } from 'commander'
import { assignmentsOf, type InputFlags, seedList, withSameInputs } from '../options.ts'
import { note, type OutputFlags, present } from '../output.ts'

interface MixFlags extends OutputFlags, InputFlags {
  readonly rows: readonly number[]
  readonly columns: readonly number[]
  readonly layers?: string
  readonly out: string
}

export function mixCommand(): Command {
  return withSameInputs(new Command('mix'))
    .argument('<run|model.onnx>')
    .description('a sheet of mixed styles: the coarse ones of its row, the fine ones of its column')
    .option('--rows <seeds>', 'of what gives the coarse styles', seedList, [1, 2, 3, 4])
    .option('--columns <seeds>', 'of what gives the fine ones', seedList, [5, 6, 7, 8, 9, 10])
    .option('--layers <first-last>', 'that are taken from the row (default: the first quarter)')
    .option('--out <file>', 'the sheet', 'mixing.png')
    .action(mix)
}

/** `gantry mix`: whose hair, and whose smile. */
async function mix(target: string, { rows, columns, layers, out, ...flags }: MixFlags): Promise<void> {
  const { checkSheet, loadGenerator, openStyleModel, parseLayers, readSameInputs, writeMixing } = await import(
    '@gantry/runs/generators'
  )
  const generator = await loadGenerator(target, { onNote: note })
  try {
    checkSheet(generator, out)
    const asked = await readSameInputs(generator.manifest.inputs, assignmentsOf(flags), out)
    const own = layers === undefined ? undefined : parseLayers(layers)
    const model = await openStyleModel(generator, { onNote: note })
    await writeMixing(generator, model, { rows, columns, layers: own, asked, out }).finally(model.dispose)
  } finally {
    await generator.dispose()
  }
  present(flags, { out, rows, columns, model: generator.path }, [
    `${rows.length} × ${columns.length} mixtures of styles in ${out}`,
  ])
}
