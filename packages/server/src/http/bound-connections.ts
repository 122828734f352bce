import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Lets a flood of connections keep nobody out: where there are more than `most`, the one gives its place that has asked for nothing for
 * longest, or else the one whose request has been arriving for longest. Node's own `maxConnections` would refuse whoever comes after
 * the flood.
 *
 * @returns ends those that ask for nothing, now and once they are answered: a server that is to stop does not wait for them
 */
export function boundConnections(server: Server, most: number): () => void {
  let count = 0
  // Both have the oldest first. Whoever is in neither is being answered.
  const silent = new Set<Socket>()
  const arriving = new Set<Socket>()
  let isEnding = false
  server.on('connection', (socket: Socket) => {
    count++
    silent.add(socket)
    socket.once('close', () => {
      count--
      silent.delete(socket)
      arriving.delete(socket)
    })
    if (count > most) firstOf(silent, arriving)?.destroy()
  })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket, headers } = request
    silent.delete(socket)
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) {
      arriving.add(socket)
      request.once('end', () => arriving.delete(socket))
    }
    response.once('close', () => {
      arriving.delete(socket)
      if (isEnding) socket.destroySoon()
      else if (!socket.destroyed) silent.add(socket)
    })
  })
  return () => {
    isEnding = true
    for (const socket of silent) socket.destroy()
  }
}

function firstOf(...sets: readonly Set<Socket>[]): Socket | undefined {
  for (const set of sets) for (const first of set) return first
  return undefined
}
