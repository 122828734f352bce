/** The files of ONNX Runtime that a browser loads: a module and its WebAssembly, for the CPU and for WebGPU. */
export type WasmFile =
  | 'ort-wasm-simd-threaded.mjs'
  | 'ort-wasm-simd-threaded.wasm'
  | 'ort-wasm-simd-threaded.asyncify.mjs'
  | 'ort-wasm-simd-threaded.asyncify.wasm'

/** Where they lie: the URL of their folder, or URLs of single files. Relative ones start at the page. */
export type WasmPaths = string | Readonly<Partial<Record<WasmFile, string>>>
