import { execFile } from 'node:child_process'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { promisify } from 'node:util'
import type { ModelManifest } from '@gantry/core'
import { inPackage } from '../in-package.ts'
import { candidatePythons } from '../peers/pythons.ts'
import { fastApiRequest, inferRequest, type LoadRequest } from './requests.ts'

/** A server of somebody else's for the same file. */
export interface PeerServer {
  readonly name: string
  readonly script: string
  /** Modules of Python that it needs, and how they are installed. */
  readonly modules: readonly string[]
  readonly packages: string
  /** Whether its clients draw what the model is drawn from. */
  readonly clientDraws: boolean
  request(manifest: ModelManifest, asked: 'bytes' | 'json'): LoadRequest
}

export const peerServers: readonly PeerServer[] = [
  {
    name: 'FastAPI',
    script: 'python/serve_fastapi.py',
    modules: ['fastapi', 'uvicorn', 'onnxruntime', 'numpy'],
    packages: 'fastapi uvicorn uvloop httptools onnxruntime',
    clientDraws: false,
    request: fastApiRequest,
  },
  {
    name: 'Triton',
    script: 'python/serve_triton.py',
    modules: ['pytriton', 'onnxruntime', 'numpy'],
    packages: 'nvidia-pytriton onnxruntime',
    clientDraws: true,
    request: (manifest, asked) =>
      inferRequest('generator', manifest, { asked, pictures: 1, withLatents: true, listsOfOne: true }),
  },
]

/** A Python that has these modules, or undefined. */
export async function pythonWith(modules: readonly string[]): Promise<string | undefined> {
  for (const python of candidatePythons()) {
    const code = `import importlib.util, sys; sys.exit(any(importlib.util.find_spec(each) is None for each in ${JSON.stringify(modules)}))`
    const has = await promisify(execFile)(python, ['-c', code], { timeout: 30_000 }).then(
      () => true,
      () => false,
    )
    if (has) return python
  }
  return undefined
}

/** The command that starts a peer. */
export async function peerCommand(
  { script }: PeerServer,
  python: string,
  model: string,
  { threads, largestBatch }: { readonly threads: number; readonly largestBatch: number },
): Promise<string[]> {
  const port = await freePort()
  return [python, inPackage(script), model, String(port), String(threads), String(largestBatch)]
}

/** One with two free ones behind it: Triton wants three. Those of clients that have just hung up are taken for a minute. */
async function freePort(): Promise<number> {
  for (;;) {
    const first = await listening(0)
    const { port } = first.address() as AddressInfo
    const results = await Promise.allSettled([listening(port + 1), listening(port + 2)])
    const others = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
    await Promise.all([first, ...others].map((server) => new Promise((resolve) => server.close(resolve))))
    if (others.length === results.length) return port
  }
}

function listening(port: number): Promise<Server> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}
