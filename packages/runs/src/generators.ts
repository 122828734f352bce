export { describeModel, type GraphSummary, type ModelDescription, summarizeGraph } from './describe-model.ts'
export { type LoadedGenerator, type LoadOptions, loadGenerator } from './generators/load-generator.ts'
export { type GivenInputs, readInputs } from './generators/read-inputs.ts'
export { type SampleRequest, writeSamples } from './generators/sample-generator.ts'
