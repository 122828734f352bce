import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { createServer } from '@gantry/server'

// A server in a process of its own, with `--expose-gc`. Says where it listens; then a line of numbers for each line that comes in.

/** What the server says of itself, since it was last asked. */
export interface ServerReading {
  /** Milliseconds that the event loop was busy at a stretch, at most. */
  readonly longestGapMs: number
  readonly residentMb: number
  /** What is still used once all that nobody needs has been collected. */
  readonly heldMb: number
  /** Requests to its models that it has counted so far, and samples that it has made. */
  readonly requests: number
  readonly samples: number
}

/** 128 clients that want 64 samples each: usually so many would be sent away, with 429. */
const QUEUE = 128 * 64

/** Milliseconds until what was collected is given back, and the pause for it is counted. */
const COLLECTED = 50

const server = await createServer({ models: process.argv.slice(2), limits: { queue: QUEUE } })
const { url } = await server.listen({ port: 0 })
const resolution = 1
const delays = monitorEventLoopDelay({ resolution })
delays.enable()

/** Twice: what is freed by the first may have held more. */
async function heldBytes(): Promise<number> {
  for (let time = 0; time < 2; time++) {
    globalThis.gc!()
    await setTimeout(COLLECTED)
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

async function read(): Promise<ServerReading> {
  const longestGapMs = Math.max(0, delays.max / 1e6 - resolution)
  const text = await (await server.fetch(new Request('http://localhost/metrics'))).text()
  const sum = (pattern: RegExp) => Array.from(text.matchAll(pattern)).reduce((all, [, value]) => all + Number(value), 0)
  const reading = {
    longestGapMs,
    residentMb: process.memoryUsage.rss() / 2 ** 20,
    heldMb: (await heldBytes()) / 2 ** 20,
    requests: sum(/^gantry_requests_total\{[^}]*\/models\/[^}]*\} (\d+)$/gm),
    samples: sum(/^gantry_samples_total\{[^}]*\} (\d+)$/gm),
  }
  delays.reset()
  return reading
}

process.stdout.write(`${url}\n`)
const lines = createInterface({ input: process.stdin })
lines.on('line', async () => {
  process.stdout.write(`${JSON.stringify(await read())}\n`)
})
lines.on('close', async () => {
  await server.close()
  process.exit(0)
})
