import { counted } from '@gantry/core'
import { table } from '@gantry/reports/text'
import type { DirectionMethod } from '@gantry/runs/generators'
import { Command, Option } from 'commander'
import { interruptible } from '../interrupt.ts'
import { assignmentsOf, type InputFlags, seedList, wholeNumber, withSameInputs } from '../options.ts'
import { note, type OutputFlags, present } from '../output.ts'
import { createWorkProgress } from '../work-progress.ts'

interface DirectionsFlags extends OutputFlags, InputFlags {
  readonly method: DirectionMethod
  readonly count: number
  readonly samples: number
  readonly seeds: readonly number[]
  readonly layers?: string
  readonly out: string
}

export function directionsCommand(): Command {
  return withSameInputs(new Command('directions'))
    .argument('<run|model.onnx>')
    .description("find directions that mean something, for 'sample --edit', and show what each does")
    .addOption(
      new Option('--method <name>', 'sefa: of the weights; pca: of many styles; label: of the classes')
        .choices(['sefa', 'pca', 'label'])
        .default('sefa'),
    )
    .option('--count <number>', 'the first so many', wholeNumber, 8)
    .option('--samples <number>', 'styles that pca and label are found from', wholeNumber, 10_000)
    .option('--seeds <numbers>', 'a strip of each direction for each of these', seedList, [1, 2])
    .option('--layers <first-last>', 'of the styles that are moved in the sheet (default: all)')
    .option('--out <file>', 'the sheet', 'directions.png')
    .action(directions)
}

/** `gantry directions`: what can be changed. */
async function directions(target: string, { out, layers, ...flags }: DirectionsFlags): Promise<void> {
  const library = await import('@gantry/runs/generators')
  const generator = await library.loadGenerator(target, { onNote: note })
  const progress = await createWorkProgress()
  try {
    library.checkSheet(generator, out)
    const asked = await library.readSameInputs(generator.manifest.inputs, assignmentsOf(flags), out)
    const own = layers === undefined ? undefined : library.parseLayers(layers)
    const model = await library.openStyleModel(generator, { onNote: note })
    try {
      const onProgress = (done: number, total: number) => progress.report(done, total, 'styles')
      const { method, count, samples, seeds } = flags
      const found = await interruptible(
        (signal) => library.findDirections(generator, model, { method, count, samples, onProgress, signal }),
        'Stopping after these styles.',
      )
      await library.writeDirections(generator, found)
      await library.writeStrips(generator, model, { directions: found.directions, seeds, layers: own, asked, out })
      const named = found.directions.flatMap(({ name, accuracy }, index) =>
        name === undefined ? [] : [{ direction: index + 1, name, accuracy: accuracy! }],
      )
      const result = { out, method, directions: found.directions.length, model: generator.path }
      present(flags, { ...result, ...(named.length > 0 && { classes: named }) }, [
        `${counted(found.directions.length, 'direction')} (${method}) of ${generator.path}, ${counted(seeds.length, 'strip')} each in ${out}`,
        ...table(
          named.map((each) => [`${each.direction}`, each.name, `${(100 * each.accuracy).toFixed(0)}% told apart`]),
        ),
        `Go along one: gantry sample ${target} --edit 1:+2`,
      ])
    } finally {
      await model.dispose()
    }
  } finally {
    progress.stop()
    await generator.dispose()
  }
}
