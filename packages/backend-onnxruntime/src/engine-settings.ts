import { ConfigurationError, type Device } from '@gantry/core'
import type { InferenceSession } from 'onnxruntime-common'
import { cores } from '#platform/machine'
import type { WasmPaths } from './wasm-paths.ts'

/** How a session computes. */
export interface EngineSettings {
  readonly device: Device
  readonly threads: number
  /** Whether the state of a training may lie in ONNX Runtime's own memory; by default it does where it can. */
  readonly nativeState?: boolean
  /** In a process of its own, instead of a thread. */
  readonly isolate?: boolean
  readonly wasmPaths?: WasmPaths
}

/**
 * The number of threads that was asked for, or one a core.
 *
 * @throws ConfigurationError `THREADS_INVALID`.
 */
export function resolveThreads(threads: number | undefined): number {
  const available = cores()
  if (threads === undefined) return available
  if (Number.isInteger(threads) && threads >= 1) return threads
  throw new ConfigurationError({
    code: 'THREADS_INVALID',
    message: `The number of threads is ${threads}, which is no positive whole number.`,
    fix: `This machine has ${available} cores; leave it out to use them all.`,
  })
}

/** What ONNX Runtime is told for every session. */
export function sessionOptions({ device, threads }: EngineSettings): InferenceSession.SessionOptions {
  return {
    // Operators that a GPU provider lacks run on the CPU.
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all',
    // Nodes one after another: a GAN's graphs are chains whose operators already use every thread.
    executionMode: 'sequential',
    interOpNumThreads: 1,
    // Every phase and function has its own pool. Threads that spin between the nodes of a run save wake-ups: a DCGAN step of
    // 540 nodes takes 80 ms with spinning and 99 ms without. Threads that spin on after it keep the next phase, or other
    // programs, from the cores: three sessions in turn on 2 busy cores took 2 to 9 times as long.
    extra: { session: { force_spinning_stop: '1' } },
    // The arena is filled in the first run; a memory pattern would reserve the same once more from the second run on, for
    // no time that could be measured: a DCGAN of 28 × 28 pixels takes 180 MB less without, one of 64 × 64 pixels 1.4 GB.
    // Without the arena every step asks the system for its memory again: 14% slower.
    enableMemPattern: false,
    enableCpuMemArena: true,
    // Only fatal: whatever makes a call fail is in the error that it throws.
    logSeverityLevel: 4,
  }
}
