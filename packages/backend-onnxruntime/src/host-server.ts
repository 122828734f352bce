import { SerialQueue } from '@gantry/core'
import { inferenceHost, probeHost, trainingHost } from '#platform/hosts'
import { encodeError } from './error-codec.ts'
import { transferables } from './transferables.ts'
import type { Reply, Request, WorkerTask } from './worker-protocol.ts'

type Host = Readonly<Record<string, (...parameters: readonly unknown[]) => Promise<unknown>>>

/** What a worker has to do with its own end. */
interface Gate {
  /** False when the worker is about to be ended: nothing native may begin any more. */
  enter(): boolean
  leave(): void
}

const openGate: Gate = { enter: () => true, leave: () => undefined }

/** A worker's side of a {@link WorkerClient}: creates the host that it was made for and answers calls of its methods, one at a time. */
export class HostServer {
  readonly #send: (reply: Reply, transfer: ArrayBuffer[]) => void
  readonly #gate: Gate
  readonly #queue = new SerialQueue()
  #host: Host | undefined

  constructor(send: (reply: Reply, transfer: ArrayBuffer[]) => void, gate = openGate) {
    this.#send = send
    this.#gate = gate
  }

  /** @param ready comes first; whatever it throws is the creation's error */
  create(task: WorkerTask, ready: () => Promise<void> = async () => undefined): Promise<void> {
    return this.#reply(0, async () => {
      await ready()
      this.#host = await createHost(task)
    })
  }

  answer({ id, method, parameters }: Request): Promise<void> {
    return this.#reply(id, async () => {
      const host = this.#host!
      // The thread may go on without it.
      if (method === 'dispose') this.#host = undefined
      return host[method]!(...parameters)
    })
  }

  #reply(id: number, compute: () => Promise<unknown>): Promise<void> {
    return this.#queue.add(async () => {
      // The client rejects what is still pending.
      if (!this.#gate.enter()) return
      let reply: Reply
      try {
        reply = { id, value: await compute() }
      } catch (error) {
        reply = { id, error: encodeError(error) }
      } finally {
        this.#gate.leave()
      }
      this.#send(reply, 'value' in reply ? transferables(reply.value) : [])
    })
  }
}

async function createHost(task: WorkerTask): Promise<Host> {
  const create = async () => {
    switch (task.kind) {
      case 'training':
        return (await trainingHost()).create(task.model, task.settings)
      case 'inference':
        return (await inferenceHost()).create(task.model, task.settings)
      case 'probe':
        return new (await probeHost())(task.settings)
    }
  }
  return (await create()) as unknown as Host
}
