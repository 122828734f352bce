import { findNamed } from './find-named.ts'
import type { ModelFunction, Phase, TrainableModel } from './model.ts'

function findPart<Part extends { readonly name: string }>(
  kind: 'phase' | 'function',
  model: string,
  parts: readonly Part[],
  name: string,
): Part {
  return findNamed(parts, name, {
    code: kind === 'phase' ? 'PHASE_UNKNOWN' : 'FUNCTION_UNKNOWN',
    message: `The model '${model}' has no ${kind} '${name}'.`,
  })
}

/** @throws ConfigurationError `PHASE_UNKNOWN`, with the nearest name. */
export function findPhase<Program>(
  { name: model, phases }: Pick<TrainableModel<Program, unknown>, 'name' | 'phases'>,
  name: string,
): Phase<Program> {
  return findPart('phase', model, phases, name)
}

/** @throws ConfigurationError `FUNCTION_UNKNOWN`, with the nearest name. */
export function findFunction<Program>(
  { name: model, functions }: Pick<TrainableModel<Program, unknown>, 'name' | 'functions'>,
  name: string,
): ModelFunction<Program> {
  return findPart('function', model, functions, name)
}

/** Name of the function that does with the weights as trained what `name` does with their moving average. */
export function rawFunction(name: string): string {
  return `${name}-raw`
}
