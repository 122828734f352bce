import type { Observer } from '../observer.ts'

/** Reports the scalars of the phases that ran since its last report, and the speed. */
export function logObserver(every: number): Observer {
  return {
    name: 'log',
    every,
    takesScalars: true,
    look: async ({ step, steps, scalars, secondsElapsed, samplesPerSecond }) => {
      return async () => [{ type: 'step', step, steps, scalars, secondsElapsed, samplesPerSecond }]
    },
  }
}
