export { compileModel, compileStep, type StepSignature, type TfjsModel } from './compile-model.ts'
export { type ExportSignature, exportModel, type NetworkLike } from './export-model.ts'
export type { Variables } from './record-program.ts'
