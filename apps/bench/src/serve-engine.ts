import { createInterface } from 'node:readline'
import type { Reply, Request } from './protocol.ts'

/** An engine that is ready to train. */
export interface Engine {
  readonly version: string
  readonly note?: string
  /** One training step from the engine's present state; resolves to the losses once all its work is done. */
  step(): Promise<readonly number[]>
}

const send = (reply: Reply) => process.stdout.write(`${JSON.stringify(reply)}\n`)

/** Serves the benchmark's requests until it is told to stop; every error becomes a reply. */
export async function serveEngine(start: () => Promise<Engine>): Promise<void> {
  try {
    const engine = await start()
    send({ version: engine.version, ...(engine.note !== undefined && { note: engine.note }) })
    for await (const line of createInterface({ input: process.stdin })) {
      const request = JSON.parse(line) as Request
      if ('stop' in request) break
      const milliseconds: number[] = []
      let losses: readonly number[] = []
      for (let count = 0; count < request.steps; count++) {
        const start = performance.now()
        losses = await engine.step()
        milliseconds.push(performance.now() - start)
      }
      send({ milliseconds, losses, peakMemoryMb: process.resourceUsage().maxRSS / 1024 })
    }
  } catch (error) {
    send({ error: error instanceof Error ? error.message : String(error) })
  }
  // Worker threads and native thread pools would keep the process alive.
  process.stdout.end(() => process.exit())
}
