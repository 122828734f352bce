import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createProgram } from '../program.ts'
import { reportFailure } from '../report-failure.ts'

/** What real processes run: the build, which `npm test` makes first. */
const binary = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly process: ChildProcess
  /** Resolves when standard error has shown this text. */
  sees(text: string): Promise<void>
  readonly finished: Promise<Finished>
}

/**
 * Starts `gantry` as a real process, without a terminal.
 *
 * @param nodeOptions of Node itself
 */
export function start(args: readonly string[], cwd: string, nodeOptions: readonly string[] = []): Running {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run 'pnpm build' first.`)
  const { FORCE_COLOR: _, NODE_OPTIONS: __, ...env } = process.env
  const child = spawn(process.execPath, [...nodeOptions, binary, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const finished = once(child, 'close').then(([code]) => ({ code, stdout, stderr }))
  return {
    process: child,
    finished,
    async sees(text) {
      while (!stderr.includes(text)) {
        const ended = child.exitCode !== null
        if (ended) throw new Error(`gantry ended without saying '${text}':\n${stderr}`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
  }
}

/** Runs `gantry` as a real process. */
export function gantryProcess(args: readonly string[], cwd: string): Promise<Finished> {
  return start(args, cwd).finished
}

let last: Promise<unknown> = Promise.resolve()

/**
 * Runs the same program on its sources in this process, one command after the other: most of the time of a process for each would be
 * spent in loading libraries. What only a process shows has {@link start} and {@link gantryProcess}.
 */
export function gantry(args: readonly string[], cwd: string): Promise<Finished> {
  const finished = last.then(() => runHere(args, cwd))
  last = finished.catch(() => {})
  return finished
}

async function runHere(args: readonly string[], cwd: string): Promise<Finished> {
  const before = { folder: process.cwd(), exitCode: process.exitCode }
  const written = { stdout: '', stderr: '' }
  const restore = (['stdout', 'stderr'] as const).map((name) => {
    const stream = process[name]
    const { write } = stream
    stream.write = (chunk: string | Uint8Array) => {
      written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
      return true
    }
    return () => {
      stream.write = write
    }
  })
  process.chdir(cwd)
  process.exitCode = 0
  try {
    await createProgram().parseAsync(args, { from: 'user' })
    return { code: Number(process.exitCode), ...written }
  } catch (error) {
    const code = reportFailure(error, { json: args.includes('--json'), debug: args.includes('--debug') })
    return { code, ...written }
  } finally {
    for (const undo of restore) undo()
    process.chdir(before.folder)
    process.exitCode = before.exitCode
  }
}

/** Runs with `--json`: standard output must be one JSON object and nothing else. */
// biome-ignore lint/suspicious/noExplicitAny: what a script sees is untyped
export async function gantryJson(args: readonly string[], cwd: string): Promise<{ code: number | null; result: any }> {
  const { code, stdout, stderr } = await gantry([...args, '--json'], cwd)
  try {
    return { code, result: JSON.parse(stdout) }
  } catch (cause) {
    throw new Error(`not one JSON object: ${stdout}\n${stderr}`, { cause })
  }
}

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'gantry-cli-'))
}

/** Arguments of a run that takes a second. */
export const tinyRun = (...more: string[]) => [
  ...['train', 'vanilla', '--data', 'ring8', '--steps', '20', '--batch-size', '16'],
  ...['--set', 'hiddenUnits=8', 'logEvery=5', 'checkpointEvery=10', ...more],
]
