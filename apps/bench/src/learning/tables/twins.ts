import type { LearningRun } from '../learning-run.ts'
import { goodTable } from './good.ts'
import type { LearningTable } from './run-rows.ts'

/** Variants whose networks and recipe the PyTorch script has. */
const TWINS = ['dcgan', 'lsgan', 'wgan-gp', 'cgan']

function twins(): LearningRun[] {
  return goodTable.runs
    .filter(({ variant, data, seed }) => TWINS.includes(variant) && data === 'mnist' && seed === 1)
    .map((run) => ({ ...run, id: `${run.id}-pytorch`, table: 'pytorch', twinOf: run.id }))
}

export const twinsTable: LearningTable = {
  name: 'pytorch',
  title: 'Beside PyTorch',
  about:
    'A plain PyTorch script with the same networks, the same initial weights and the same recipe, for as many seconds as our run of seed 1 took, on as many threads: `python/train_gan.py`.',
  runs: twins(),
}
