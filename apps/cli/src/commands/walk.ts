import { counted } from '@gantry/core'
import { Command, Option } from 'commander'
import { interruptible } from '../interrupt.ts'
import { assignmentsOf, type InputFlags, seedList, wholeNumber, withSameInputs } from '../options.ts'
import { note, type OutputFlags, present } from '../output.ts'
import { createWorkProgress } from '../work-progress.ts'

interface WalkFlags extends OutputFlags, InputFlags {
  readonly seeds: readonly number[]
  readonly frames?: number
  readonly milliseconds: number
  readonly loop: boolean
  readonly space: 'z' | 'w'
  readonly out: string
}

/** Frames between one seed and the next, where nobody says. */
const USUAL_FRAMES = 24

export function walkCommand(): Command {
  return withSameInputs(new Command('walk'))
    .argument('<run|model.onnx>')
    .description('film the way between seeds in the latent space of a generator')
    .option('--seeds <numbers>', 'what the way leads through, such as 1,2,3', seedList, [1, 2, 3, 4])
    .option('--frames <number>', `pictures of the whole way (default: ${USUAL_FRAMES} for each seed)`, wholeNumber)
    .option('--milliseconds <number>', 'how long each is seen', wholeNumber, 40)
    .addOption(
      new Option('--space <name>', 'z: on great circles between latent vectors; w: straight from style to style')
        .choices(['z', 'w'])
        .default('z'),
    )
    .option('--no-loop', 'end at the last seed instead of leading back')
    .option('--out <film.webp|film.gif|folder/>', 'the film, or a folder of its pictures', 'film.webp')
    .action(walk)
}

/** `gantry walk`: one face becomes another. */
async function walk(target: string, { seeds, out, loop, milliseconds, ...flags }: WalkFlags): Promise<void> {
  const { loadGenerator, openStyleModel, readSameInputs, walkFormat, writeWalk } = await import(
    '@gantry/runs/generators'
  )
  walkFormat(out)
  const frames = flags.frames ?? USUAL_FRAMES * seeds.length
  const generator = await loadGenerator(target, { onNote: note })
  const progress = await createWorkProgress()
  try {
    const asked = await readSameInputs(generator.manifest.inputs, assignmentsOf(flags), out)
    const styles = flags.space === 'w' ? await openStyleModel(generator, { onNote: note }) : undefined
    const request = { seeds, frames, loop, milliseconds, out, asked, ...(styles && { styles }) }
    const onProgress = (done: number, total: number) => progress.report(done, total, 'pictures')
    await interruptible(
      (signal) => writeWalk(generator, { ...request, onProgress, signal }),
      'Stopping after these pictures.',
    ).finally(() => styles?.dispose())
  } finally {
    progress.stop()
    await generator.dispose()
  }
  present(flags, { out, seeds, frames, loop, model: generator.path }, [
    `${counted(frames, 'picture')} on the way through the seeds ${seeds.join(', ')} in ${out}`,
  ])
}
