import type { Device } from '@gantry/core'
import type { WasmFile, WasmPaths } from '../wasm-paths.ts'
import { pageUrl } from './scope.ts'

// In this form bundlers find the files, copy them and write their new names here. Without a bundler the files are expected
// in a folder `onnxruntime-web` beside the script.
const bundled: Readonly<Record<WasmFile, URL>> = {
  'ort-wasm-simd-threaded.mjs': new URL('onnxruntime-web/ort-wasm-simd-threaded.mjs', import.meta.url),
  'ort-wasm-simd-threaded.wasm': new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url),
  'ort-wasm-simd-threaded.asyncify.mjs': new URL(
    'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs',
    import.meta.url,
  ),
  'ort-wasm-simd-threaded.asyncify.wasm': new URL(
    'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm',
    import.meta.url,
  ),
}

/** The absolute URLs of what ONNX Runtime loads for a device. */
export interface WasmFiles {
  readonly mjs: string
  readonly wasm: string
}

export function wasmFiles(device: Device, paths: WasmPaths = {}): WasmFiles {
  const find = (file: WasmFile): string => {
    const path = typeof paths === 'string' ? `${paths.replace(/\/$/, '')}/${file}` : paths[file]
    return path === undefined ? bundled[file].href : new URL(path, pageUrl()).href
  }
  const stem = device === 'webgpu' ? 'ort-wasm-simd-threaded.asyncify' : 'ort-wasm-simd-threaded'
  return { mjs: find(`${stem}.mjs`), wasm: find(`${stem}.wasm`) }
}
