import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { rounded } from './statistics.ts'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly platform: string
  readonly node: string
  readonly threads: number
  /** Programs that wanted to run, on average over the minute before the benchmark: near 0 on an idle machine. */
  readonly loadBefore: number
}

export function describeMachine(threads: number): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${release()}`,
    node: process.versions.node,
    threads,
    loadBefore: rounded(loadavg()[0]!, 1),
  }
}
