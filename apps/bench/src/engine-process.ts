import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { lastLine } from './last-line.ts'
import type { Ready, Reply, Request, Timed } from './protocol.ts'

/** An engine that failed or took too long; the message goes into the table. */
export class EngineFailure extends Error {}

/** That a process ended, and why, as far as it said so. */
export function endedEarly(errors: string): EngineFailure {
  const reason = lastLine(errors)
  return new EngineFailure(`ended early${reason && `: ${reason}`}`)
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

/** An engine in a process of its own: its memory is its own, and it can be ended in the middle of a step. */
export class EngineProcess {
  readonly #child: Child
  readonly #replies: AsyncIterator<string>
  readonly #timeLimitMs: number
  #errorText = ''
  #ready: Ready = { version: '' }

  private constructor(child: Child, timeLimitMs: number) {
    this.#child = child
    this.#timeLimitMs = timeLimitMs
    this.#replies = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      this.#errorText = (this.#errorText + chunk).slice(-2000)
    })
    // A child that has died takes no request; the missing reply says so.
    child.stdin.on('error', () => {})
  }

  /** @throws EngineFailure when the engine cannot start. */
  static async start([file, ...args]: readonly [string, ...string[]], timeLimitMs: number): Promise<EngineProcess> {
    const engine = new EngineProcess(spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] }), timeLimitMs)
    engine.#ready = await engine.#reply<Ready>()
    return engine
  }

  get version(): string {
    return this.#ready.version
  }

  get note(): string | undefined {
    return this.#ready.note
  }

  /** @throws EngineFailure when the engine fails or exceeds its time. */
  async time(steps: number): Promise<Timed> {
    this.#send({ steps })
    return this.#reply<Timed>()
  }

  /** Ends the process. */
  stop(): void {
    this.#send({ stop: true })
    this.#child.stdin.end()
    setTimeout(() => this.#child.kill('SIGKILL'), 2000).unref()
  }

  #send(request: Request): void {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`)
  }

  async #reply<Expected extends Reply>(): Promise<Expected> {
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#child.kill('SIGKILL')
        reject(new EngineFailure(`no answer within ${Math.round(this.#timeLimitMs / 1000)} s`))
      }, this.#timeLimitMs)
    })
    try {
      const { value, done } = await Promise.race([this.#replies.next(), timeout])
      if (done) throw endedEarly(this.#errorText)
      const reply = JSON.parse(value) as Reply
      if ('error' in reply) throw new EngineFailure(reply.error)
      return reply as Expected
    } finally {
      clearTimeout(timer)
    }
  }
}
