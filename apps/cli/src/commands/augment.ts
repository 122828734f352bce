import { counted } from '@gantry/core'
import { Command } from 'commander'
import { requireAtLeast, wholeNumber } from '../options.ts'
import { note, type OutputFlags, present } from '../output.ts'

export function augmentCommand(): Command {
  return new Command('augment')
    .argument('<run|model.onnx>')
    .description('write samples of every class into a folder of its own, as folder: data sets have them')
    .requiredOption('--out <folder>', 'folder of the folders')
    .option('--count <number>', 'samples of each class', wholeNumber, 100)
    .option('--seed <number>', 'the same seed gives the same samples; another one adds others', wholeNumber, 0)
    .action(augment)
}

/** `gantry augment`: a conditional generator as a source of labelled data. */
async function augment(target: string, flags: OutputFlags & { out: string; count: number; seed: number }) {
  requireAtLeast(1, '--count', flags.count)
  const { loadGenerator, writeByClass } = await import('@gantry/runs/generators')
  const generator = await loadGenerator(target, { onNote: note })
  const { out, count, seed } = flags
  const classes = await writeByClass(generator, { out, count, seed }).finally(generator.dispose)
  present(flags, { out, count, seed, classes }, [
    `${counted(count, 'sample')} of each of ${counted(classes.length, 'class', 'classes')} in ${out}`,
  ])
}
