export {
  type CompileOptions,
  compileModel,
  compileStep,
  type StepSignature,
  type TfjsModel,
} from './compile/compile-model.ts'
export { exportFunction, type FunctionExport } from './export/export-function.ts'
export { type ExportableModel, type ExportSignature, exportModel, modelProgram } from './export/export-model.ts'
export type { InputDescription, InputDescriptions, ModelProgram } from './export/exportable.ts'
export type { GraphModelLike } from './export/graph-model.ts'
export type { NetworkLike } from './export/layers-model.ts'
export type { FileSignature } from './export/record-export.ts'
export type { Variables } from './programs/record-program.ts'
export { registerLazyBackend } from './recording/lazy-backend.ts'
export type { GraphRuntime } from './recording/lazy-execution.ts'
