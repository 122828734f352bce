import { getHeapStatistics } from 'node:v8'
import { GantryError } from '@gantry/core'
import { mutations } from './fuzz.ts'
import { createWatchdog } from './watchdog.ts'

/** Mutations of a whole run, which `GANTRY_FUZZ=full` asks for, and of every day. */
const FULL = 10_000
const DAILY = 1_000

/** Longest that one file may keep the processor busy, and most memory above what the process had before. */
const SECONDS = 1
const BYTES = 200e6

/** Of the wall's clock, after which a read is given up: the promise at half of it, the process at the whole. */
const GIVEN_UP = 40

/** Failures that are shown; the rest is counted. */
const SHOWN = 5

const SEED = 20261128

/** What became of the mutations. */
export interface FuzzCounts {
  readonly read: number
  readonly refused: number
  /** Refusals by the code of the error. */
  readonly codes: Readonly<Record<string, number>>
}

/**
 * Gives damaged and hostile forms of files to a reader: 10,000 with `GANTRY_FUZZ=full`, else 1,000, the same ones each time.
 * Each must be read, or refused by a GantryError with a code and a printable message, within a second of processor time and
 * 200 MB above what was in use before. The counts are printed where `GANTRY_FUZZ` is set.
 *
 * A read that never returns ends the process, which says of which mutation: see {@link createWatchdog}.
 *
 * @param name of the format, for messages
 * @param seedFiles whole files, which the mutations are shared among; small ones reach more
 * @throws Error that lists the first mutations that broke a rule, with what is needed to make them again
 *
 * @example
 * ```ts
 * it('refuses damaged files clearly', () => expectClearRefusals('idx', [file], async (bytes) => decodeIdx(bytes)))
 * ```
 */
export async function expectClearRefusals(
  name: string,
  seedFiles: readonly Uint8Array[],
  read: (bytes: Uint8Array) => Promise<unknown>,
  deadline = GIVEN_UP,
): Promise<FuzzCounts> {
  const count = process.env.GANTRY_FUZZ === 'full' ? FULL : DAILY
  const failures: string[] = []
  const codes = new Map<string, number>()
  let accepted = 0
  const watchdog = createWatchdog(deadline)
  for (const [index, file] of seedFiles.entries()) {
    // Modules are loaded and caches filled before anything is measured.
    await read(Uint8Array.from(file)).catch((error: unknown) =>
      failures.push(`seed file ${index} itself: ${describe(error)}`),
    )
    const share = Math.ceil(count / seedFiles.length)
    let number = 0
    for (const mutation of mutations(file, { seed: SEED + index, count: share })) {
      const what = `${name}, seed file ${index}, mutation ${number} (seed ${SEED + index})`
      const { code, failure } = await attempt((bytes) => watchdog.watch(what, () => read(bytes)), mutation)
      if (failure !== undefined)
        failures.push(`seed file ${index}, mutation ${number} (seed ${SEED + index}): ${failure}`)
      else if (code === undefined) accepted++
      else codes.set(code, (codes.get(code) ?? 0) + 1)
      number++
    }
  }
  await watchdog.close()
  if (failures.length > 0) {
    const more = failures.length > SHOWN ? [`and ${failures.length - SHOWN} more`] : []
    throw new Error([`${name}: not read and not clearly refused:`, ...failures.slice(0, SHOWN), ...more].join('\n- '))
  }
  const refused = [...codes.values()].reduce((sum, each) => sum + each, 0)
  const counts = { read: accepted, refused, codes: Object.fromEntries([...codes].sort()) }
  if (process.env.GANTRY_FUZZ !== undefined) console.log(`fuzz ${name}: ${JSON.stringify(counts)}`)
  return counts
}

interface Attempt {
  /** Of the refusal; undefined for what was read. */
  readonly code?: string
  readonly failure?: string
}

async function attempt(read: (bytes: Uint8Array) => Promise<unknown>, bytes: Uint8Array): Promise<Attempt> {
  const before = usage()
  let outcome: Attempt = {}
  try {
    await read(bytes)
  } catch (error) {
    outcome = judge(error)
  }
  const after = usage()
  const seconds = after.seconds - before.seconds
  // Memory that the reader gave back in between shows in the peak only, that which is not touched yet in the heaps only.
  const taken = Math.max(after.heaps - before.heaps, after.peak - before.peak)
  if (outcome.failure !== undefined) return outcome
  if (seconds > SECONDS) return { failure: `${seconds.toFixed(1)} seconds of processor time` }
  if (taken > BYTES) return { failure: `${Math.round(taken / 1e6)} MB more memory` }
  return outcome
}

function judge(error: unknown): Attempt {
  if (!GantryError.isInstance(error) || !error.code) return { failure: describe(error) }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\0-\x08\x0b-\x1f\x7f-\x9f]/.test(error.message)) return { failure: `control characters in: ${describe(error)}` }
  return { code: error.code }
}

/** Processor time, since the wall's clock also counts other processes. */
function usage() {
  // Asked for thousands of times: `process.memoryUsage` takes ten times as long, for the memory of today, which does not count.
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics()
  // Linux, macOS and Windows give kibibytes here.
  return { seconds: (userCPUTime + systemCPUTime) / 1e6, heaps: heap + external, peak: maxRSS * 1024 }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join('\n    ') : String(error)
}
