import { Command, Option } from 'commander'
import { interruptible } from '../interrupt.ts'
import { wholeNumber } from '../options.ts'
import { note, type OutputFlags, present } from '../output.ts'
import { createWorkProgress } from '../work-progress.ts'

interface ProjectFlags extends OutputFlags {
  readonly space: 'w' | 'w+'
  readonly steps: number
  readonly seed: number
  readonly perceptual: 'random-conv' | 'vgg19'
  readonly resize?: true
  readonly film?: string
  readonly out: string
}

export function projectCommand(): Command {
  return new Command('project')
    .argument('<run>')
    .argument('<picture>')
    .description('look for the styles of which a generator makes a picture')
    .addOption(
      new Option('--space <name>', 'w: styles that it could draw; w+: one for each layer, which come closer')
        .choices(['w', 'w+'])
        .default('w+'),
    )
    .option('--steps <number>', 'of the search', wholeNumber, 1000)
    .option('--seed <number>', 'of the noise', wholeNumber, 0)
    .addOption(
      new Option('--perceptual <network>', 'whose features are compared')
        .choices(['random-conv', 'vgg19'])
        .default('random-conv'),
    )
    .option('--resize', "bring the picture to the generator's size")
    .option('--film <film.webp>', 'the search as a film')
    .option('--out <file>', 'the picture, and what was found', 'projected.png')
    .action(project)
}

/** `gantry project`: a real picture, as the generator sees it. */
async function project(target: string, picture: string, { out, ...flags }: ProjectFlags): Promise<void> {
  const { RunFolder, writeProjection } = await import('@gantry/runs')
  const run = await RunFolder.open(target)
  const progress = await createWorkProgress()
  const { json: _, debug: __, ...options } = flags
  const result = await interruptible((signal) => {
    const onProgress = (done: number, total: number) => progress.report(done, total, 'steps of the search')
    return writeProjection(run, { ...options, picture, out, onNote: note, onProgress, signal })
  }, 'Stopping after this step.').finally(progress.stop)
  const { psnr, perceptual } = result
  present(flags, { out, picture, ...result }, [
    `${picture} and what ${target} makes of it in ${out}`,
    `PSNR ${psnr.toFixed(1)} dB, ${perceptual.name} ${perceptual.distance.toFixed(3)} (${result.steps} steps, ${result.space})`,
  ])
}
