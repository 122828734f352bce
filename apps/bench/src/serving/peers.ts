import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
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

/** One with two free ones behind it, most likely: Triton wants three. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
