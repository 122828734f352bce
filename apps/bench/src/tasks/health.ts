import { healthObserver } from '@gantry/diagnosis'
import { openRun, resolveConfig } from '@gantry/runs'
import { MemoryRecord, type Observer, type RunConfigInput, train } from '@gantry/training'
import { findVariant } from '@gantry/variants'

interface Parameters {
  readonly variant: string
  readonly run: Omit<RunConfigInput, 'options' | 'variant'>
  readonly options: Readonly<Record<string, unknown>>
  readonly every: number
  readonly threads: number
}

/** How long a run waits for the looks at its health, and how long these compute beside it, of its whole time. */
export async function run({ variant, run, options, every, threads }: Parameters) {
  const config = resolveConfig(findVariant(variant), { run, options })
  const opened = await openRun(config, { threads })
  const { dataset } = opened
  const spent = { waiting: 0, beside: 0, looks: 0 }
  const health = healthObserver({ every, dataset, seed: config.seed, options: config.options })
  const timed: Observer = {
    ...health,
    look: async (moment) => {
      const start = performance.now()
      const report = await health.look(moment)
      spent.waiting += performance.now() - start
      spent.looks++
      return async (record) => {
        const begun = performance.now()
        const events = await report!(record)
        spent.beside += performance.now() - begun
        return events
      }
    },
  }
  const { model, session } = await opened.stages[0]!.open()
  const start = performance.now()
  await train({ model, session, dataset, record: new MemoryRecord(), config, observers: [timed] })
  const total = performance.now() - start
  await opened.dispose()
  return {
    stepMs: total / config.steps,
    lookMs: spent.waiting / spent.looks,
    besideMs: spent.beside / spent.looks,
    waitingShare: spent.waiting / total,
    besideShare: spent.beside / total,
  }
}
