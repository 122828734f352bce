export { expectClearRefusals, type FuzzCounts } from './expect-clear-refusals.ts'
export { type MutationOptions, mutations } from './fuzz.ts'
