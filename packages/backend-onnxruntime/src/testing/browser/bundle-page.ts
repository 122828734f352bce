import { fileURLToPath } from 'node:url'
import { build, type Rolldown } from 'vite'

/** Files of a page by their paths. */
export type PageFiles = ReadonlyMap<string, string | Uint8Array>

/** Bundles a page's script, from the sources of all packages, with whatever it needs. */
export async function bundlePage(entry: URL): Promise<PageFiles> {
  const { output } = (await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, target: 'es2023', rolldownOptions: { input: fileURLToPath(entry) } },
    resolve: {
      conditions: ['source', 'browser', 'module', 'import', 'onnxruntime-web-use-extern-wasm'],
      alias: { vitest: fileURLToPath(new URL('./in-page-vitest.ts', import.meta.url)) },
    },
  })) as Rolldown.RolldownOutput
  const files = new Map(
    output.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source] as const),
  )
  const script = output.find((file) => file.type === 'chunk' && file.isEntry)!.fileName
  const html = `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/${script}"></script>`
  return files.set('/index.html', html)
}
