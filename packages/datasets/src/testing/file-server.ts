import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

type Answer = (request: IncomingMessage, response: ServerResponse, content: Uint8Array | undefined) => void

/** A web server over files in memory, for tests: knows ranges, and can be told to answer the next request badly. */
export interface FileServer {
  readonly url: string
  /** Path and `range` header of each request so far. */
  readonly requests: string[]
  /** Answers of the next requests, instead of the right one. */
  readonly answers: Answer[]
  close(): Promise<void>
}

export const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')

/** What a file server answers. */
const whole: Answer = ({ headers }, response, content) => {
  if (content === undefined) {
    response.writeHead(404).end()
    return
  }
  const start = Number(/bytes=(\d+)-/.exec(headers.range ?? '')?.[1] ?? 0)
  response.writeHead(start > 0 ? 206 : 200, { etag: '"v1"', 'content-length': content.length - start })
  response.end(content.subarray(start))
}

/** Sends the first half, and breaks the connection. */
export const broken: Answer = (_, response, content) => {
  response.writeHead(200, { etag: '"v1"', 'content-length': content!.length })
  response.write(content!.subarray(0, content!.length / 2))
  // Not before the half has left: what lies in the buffers would be dropped.
  setTimeout(() => response.destroy(), 50)
}

/** Sends everything, in eight drops. */
export const slow: Answer = async (_, response, content) => {
  response.writeHead(200, { etag: '"v1"', 'content-length': content!.length })
  for (let drop = 0; drop < 8; drop++) {
    const [start, end] = [drop, drop + 1].map((edge) => Math.floor((edge * content!.length) / 8))
    response.write(content!.subarray(start, end))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  response.end()
}

export async function serveFiles(files: Readonly<Record<string, Uint8Array>>): Promise<FileServer> {
  const requests: string[] = []
  const answers: Answer[] = []
  const server = createServer((request, response) => {
    requests.push([request.url, request.headers.range].filter(Boolean).join(' '))
    const answer = answers.shift() ?? whole
    answer(request, response, files[new URL(request.url!, 'http://localhost').pathname])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answers,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
