/** Memory of modules, in pages of 64 kB; shared memory has a `SharedArrayBuffer`, and can be posted to threads. */
export interface WasmMemory {
  readonly buffer: ArrayBufferLike
}

/** A compiled module, which can be posted to threads. */
export type WasmModule = object

/** The part of the global that is used; the types of the browser's whole world would come with TypeScript's own. */
interface WebAssemblyScope {
  compile(bytes: Uint8Array): Promise<WasmModule>
  instantiate(module: WasmModule, imports: object): Promise<{ readonly exports: object }>
  readonly Memory: new (size: {
    readonly initial: number
    readonly maximum?: number
    readonly shared?: boolean
  }) => WasmMemory
  readonly Module: new (bytes: Uint8Array) => WasmModule
  readonly Instance: new (module: WasmModule, imports: object) => { readonly exports: object }
}

export const webAssembly: WebAssemblyScope = (globalThis as unknown as { WebAssembly: WebAssemblyScope }).WebAssembly
