export { assembleModule, type Code, Locals, numbered, op, type WasmFunction } from './assembler.ts'
export { type WasmMemory, type WasmModule, webAssembly } from './web-assembly.ts'
