import { availableParallelism } from 'node:os'
import { ConfigurationError, type Device } from '@gantry/core'
import type { OrtSession } from './ort.ts'

/** How a session computes. */
export interface EngineSettings {
  readonly device: Device
  readonly threads: number
}

/**
 * The number of threads that was asked for, or one a core.
 *
 * @throws ConfigurationError `THREADS_INVALID`.
 */
export function resolveThreads(threads: number | undefined): number {
  const available = availableParallelism()
  if (threads === undefined) return available
  if (Number.isInteger(threads) && threads >= 1) return threads
  throw new ConfigurationError({
    code: 'THREADS_INVALID',
    message: `The number of threads is ${threads}, which is no positive whole number.`,
    fix: `This machine has ${available} cores; leave it out to use them all.`,
  })
}

/** What ONNX Runtime is told for every session. */
export function sessionOptions({ device, threads }: EngineSettings): OrtSession.SessionOptions {
  return {
    // Operators that a GPU provider lacks run on the CPU.
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all',
    // Nodes one after another: a GAN's graphs are chains whose operators already use every thread.
    executionMode: 'sequential',
    interOpNumThreads: 1,
    // Every phase and function has its own pool, whose idle threads would spin and keep the next phase, or other
    // programs, from the cores. Three sessions in turn, 2 threads, 2 busy cores, milliseconds a run of MatMul, with
    // spinning and without: n = 64 0.8 and 0.1, n = 256 4 and 0.7, n = 512 28 and 9, n = 1024 140 and 70.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
    // With and without arena and pattern a run that rewrites 32 MB of state takes the same 10 ms; the pattern spares
    // allocations inside the step, where shapes never change.
    enableMemPattern: true,
    enableCpuMemArena: true,
    // Only fatal: whatever makes a call fail is in the error that it throws.
    logSeverityLevel: 4,
  }
}
