import { HostServer } from '../host-server.ts'
import type { Request, WorkerTask } from '../worker-protocol.ts'

// The entry of a worker that is a process. The first message is its task.

const server = new HostServer((reply) => process.send!(reply))

// A terminal sends its Ctrl-C to all processes: when this one ends is up to its parent, and it ends with it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
process.on('disconnect', () => process.exit())

process.once('message', (task: WorkerTask) => {
  void server.create(task)
  process.on('message', (request: Request) => server.answer(request))
})
