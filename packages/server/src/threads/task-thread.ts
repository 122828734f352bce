import { parentPort } from 'node:worker_threads'
import { RequestError } from '../http/request-error.ts'
import type { TaskCall, TaskReply } from './task-threads.ts'
import { tasks } from './tasks.ts'

// The entry of a thread of the server.

parentPort!.on('message', async ({ id, task, parameters }: TaskCall) => {
  let reply: TaskReply
  try {
    reply = { id, result: await tasks[task](parameters as never) }
  } catch (error) {
    if (error instanceof RequestError) {
      const { status, code, problem: message, fix } = error
      reply = { id, refused: { status, code, message, ...(fix !== undefined && { fix }) } }
    } else reply = { id, failure: String(error instanceof Error ? error.stack : error) }
  }
  parentPort!.postMessage(reply, 'result' in reply ? ownBuffers(reply.result) : [])
})

/** The buffers of typed arrays in a result, which are moved instead of copied; those of views are nobody's alone. */
function ownBuffers(result: unknown): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  const visit = (part: unknown): void => {
    if (ArrayBuffer.isView(part)) {
      if (part.buffer instanceof ArrayBuffer && part.byteLength === part.buffer.byteLength) buffers.add(part.buffer)
    } else if (typeof part === 'object' && part !== null) Object.values(part).forEach(visit)
  }
  visit(result)
  return [...buffers]
}
