// What this package uses of a browser: TypeScript's own declarations would offer all of the DOM to every package.

/** A dedicated worker, seen from the page. */
export interface BrowserWorker {
  onmessage: ((event: { readonly data: never }) => void) | null
  onerror: ((event: { readonly message?: string; preventDefault(): void }) => void) | null
  postMessage(message: unknown, transfer: ArrayBuffer[]): void
  terminate(): void
}

/** An adapter of WebGPU. */
interface GpuAdapter {
  readonly info: { readonly isFallbackAdapter?: boolean; readonly vendor?: string; readonly architecture?: string }
}

/** The global scope of a page or a worker. */
interface BrowserScope {
  readonly crossOriginIsolated: boolean
  readonly location: { readonly href: string }
  readonly document?: { readonly baseURI: string }
  readonly navigator: {
    readonly hardwareConcurrency: number
    readonly gpu?: { requestAdapter(): Promise<GpuAdapter | null> }
  }
  onmessage: ((event: { readonly data: never }) => void) | null
  postMessage(message: unknown, transfer: ArrayBuffer[]): void
}

export const scope: BrowserScope = globalThis as never

/** What relative URLs start at; in a worker it would be the worker's script. */
export function pageUrl(): string {
  return scope.document?.baseURI ?? scope.location.href
}
