import { parentPort } from 'node:worker_threads'
import { RequestError } from '../http/request-error.ts'
import { present } from './present.ts'
import type { PresentReply, PresentRequest } from './presenter.ts'

// The entry of a thread that makes pictures.

parentPort!.on('message', async ({ id, presentation, outputs }: PresentRequest) => {
  let reply: PresentReply
  try {
    reply = { id, sent: await present(presentation, outputs) }
  } catch (error) {
    if (error instanceof RequestError) {
      const { status, code, problem: message, fix } = error
      reply = { id, refused: { status, code, message, ...(fix !== undefined && { fix }) } }
    } else reply = { id, failure: String(error instanceof Error ? error.stack : error) }
  }
  const bytes = 'sent' in reply ? reply.sent.map(({ bytes }) => bytes.buffer) : []
  parentPort!.postMessage(reply, [...new Set(bytes)])
})
