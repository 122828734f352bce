import { readdirSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { describe, expect, test } from 'vitest'
import { browserImports, manifestOf } from './testing/browser/import-graph.ts'

describe('the imports of a browser', () => {
  test('are ONNX Runtime for the web and nothing of Node', () => {
    const { files, others } = browserImports('backend-onnxruntime')
    expect(files.filter((file) => file.includes('/src/web/')).length).toBeGreaterThan(8)
    expect(files.filter((file) => file.includes('/src/node/'))).toEqual([])
    expect(others.filter((name) => !name.startsWith('@bufbuild/'))).toEqual([
      // Types only.
      'onnxruntime-common',
      'onnxruntime-web/wasm',
      'onnxruntime-web/webgpu',
    ])
  })

  test.each(['core', 'onnx', 'tfjs', 'compiler', 'variants', 'modalities', 'training'])(
    'of @gantry/%s have nothing of Node',
    (name) => {
      const { files, others } = browserImports(name)
      expect(files.length).toBeGreaterThan(5)
      expect(others.filter((each) => isBuiltin(each) || each.startsWith('onnxruntime-'))).toEqual([])
    },
  )
})

describe('the package', () => {
  const imports = manifestOf('backend-onnxruntime').imports['#platform/*']

  test('is published with the files that its sources have', () => {
    const built = (path: string) => path.replace('/src/', '/dist/').replace('.ts', '.js')
    expect(imports.browser).toBe(built(imports.source.browser))
    expect(imports.default).toBe(built(imports.source.default))
  })

  test('offers the same to the rest of it in Node and in browsers', async () => {
    const stems = (platform: string) =>
      readdirSync(new URL(platform, import.meta.url)).map((name) => name.replace(/\.ts$/, ''))
    const seams = stems('web').filter((stem) => stem !== 'worker' && stems('node').includes(stem))
    expect(seams).toEqual([
      'ask-device',
      'hosts',
      'machine',
      'native-runtime',
      'next-turn',
      'open-model',
      'ort',
      'thread',
    ])
    for (const seam of seams) {
      const [node, web] = await Promise.all([import(`./node/${seam}.ts`), import(`./web/${seam}.ts`)])
      expect(Object.keys(web), seam).toEqual(expect.arrayContaining(Object.keys(node)))
    }
  })

  test('names the version of ONNX Runtime that it depends on, the same for both', async () => {
    const { dependencies, optionalDependencies } = manifestOf('backend-onnxruntime')
    const { version } = await import('./wanted-version.ts')
    expect([dependencies['onnxruntime-web'], optionalDependencies['onnxruntime-node']]).toEqual([version, version])
  })
})
