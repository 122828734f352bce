import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { endedEarly } from '../engine-process.ts'

/** How long a server may take until it answers. */
const START_MILLISECONDS = 120_000

/** A server in a process of its own. It says where it listens in a line of its own, answers lines with lines, and ends with its input. */
export class ServerProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #lines: AsyncIterator<string>
  #errors = ''
  #url = ''

  private constructor([file, ...args]: readonly string[], env: NodeJS.ProcessEnv) {
    this.#child = spawn(file!, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
    this.#child.stdin.on('error', () => {})
    this.#child.on('error', (error) => {
      this.#errors += error.message
    })
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors = (this.#errors + text).slice(-2000)
    })
  }

  /** @throws EngineFailure of a server that does not start */
  static async start(command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
    const server = new ServerProcess(command, env)
    const timer = setTimeout(() => server.#child.kill('SIGKILL'), START_MILLISECONDS)
    try {
      while (!server.#url.startsWith('http')) server.#url = await server.#line()
    } finally {
      clearTimeout(timer)
    }
    return server
  }

  get url(): string {
    return this.#url
  }

  /** What the server says of itself since it was last asked. */
  async ask<Answer>(): Promise<Answer> {
    this.#child.stdin.write('\n')
    return JSON.parse(await this.#line()) as Answer
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.stdin.end()
    const timers = [
      setTimeout(() => this.#child.kill('SIGTERM'), 2_000),
      setTimeout(() => this.#child.kill('SIGKILL'), 15_000),
    ]
    await ended
    for (const timer of timers) clearTimeout(timer)
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next()
    if (!done) return value
    throw endedEarly(this.#errors)
  }
}
