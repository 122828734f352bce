import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { negative, truncatedGenerator } from '../../../runs/src/testing/tiny-models.ts'
import { createServer, type ServerOptions } from '../create-server.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers, whatever they are
export const jsonOf = (answer: Response): Promise<any> => answer.json()

/** A server of two tiny models: `tiny` is latent [4] · truncation as 2×2 pixels, `negative` turns pictures of any size around. */
export async function tinyServer(options: Partial<ServerOptions> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-server-'))
  const tiny = join(folder, 'tiny.onnx')
  await writeFile(tiny, truncatedGenerator())
  await writeFile(join(folder, 'negative.onnx'), negative())
  const server = await createServer({ models: [tiny, join(folder, 'negative.onnx')], workers: 1, ...options })
  const ask = (path: string, init: RequestInit = {}) => server.fetch(new Request(`http://localhost${path}`, init))
  return {
    server,
    /** The file of the model `tiny`. */
    tiny,
    ask,
    post: (path: string, body: unknown) =>
      ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    async close() {
      await server.close()
      await rm(folder, { recursive: true })
    },
  }
}
