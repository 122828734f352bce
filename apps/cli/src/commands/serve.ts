import { once } from 'node:events'
import type { DeviceRequest } from '@gantry/core'
import { Command, Option } from 'commander'
import { interruptible } from '../interrupt.ts'
import { endNow, endWithin } from '../last-resort.ts'
import { lineLog } from '../line-log.ts'
import { wholeNumber } from '../options.ts'
import { note, type OutputFlags, present } from '../output.ts'

type ServeFlags = OutputFlags & {
  apiKey?: string
  device?: DeviceRequest
  port: number
  host: string
  force?: true
  isolate?: true
  grace: number
}

/**
 * Of the time that a stop may take: until what is under way is given up, and until the process is ended from outside of its main thread.
 */
const SHARES = { server: 0.9, process: 0.95 }

export function serveCommand(): Command {
  return new Command('serve')
    .argument('<run|model.onnx|name=model...>')
    .description('serve generators on this machine: a page to play with, and an API')
    .option('--port <number>', '0 takes a free one', wholeNumber, 8080)
    .option('--host <address>', 'where to listen; where others reach it, it needs a key', '127.0.0.1')
    .addOption(new Option('--api-key <key>', 'what clients must know').env('GANTRY_API_KEY'))
    .option('--force', 'listen anywhere without a key')
    .option('--workers <number>', 'sessions of a model (default: one a core, four at most)', wholeNumber)
    .option('--isolate', 'sessions in processes: a crash of one does not end the others')
    .option('--grace <seconds>', 'how long what is under way may take when it is to stop', wholeNumber, 10)
    .option('--device <name>', "one of 'gantry list engines'")
    .option('--describe <ports.json>', 'what the inputs and outputs of foreign models are')
    .action(serve)
}

/** `gantry serve`: until it is told to stop. */
async function serve(models: readonly string[], { port, host, force, grace, ...flags }: ServeFlags): Promise<void> {
  const { createServer } = await import('@gantry/server')
  const server = await createServer({ ...flags, models, log: lineLog(process.stderr) })
  try {
    const { url } = await server.listen({ port, host, force: force === true })
    present(flags, { url, models }, [`Serving ${models.join(', ')}: ${url}`])
    await interruptible((signal) => once(signal, 'abort'), 'Stopping: answering what is under way.')
    endWithin(SHARES.process * 1000 * grace)
  } finally {
    if (!(await server.close(SHARES.server * 1000 * grace))) {
      note(`What is under way takes longer than ${grace} s, and is given up.`)
      endNow()
    }
  }
}
