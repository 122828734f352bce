import { GantryError, UnsupportedError } from '@gantry/core'

/** What whoever exports a finished model can do, by the code of what the compiler says of programs. */
const ADVICE: Readonly<Record<string, string>> = {
  DIMENSION_BAKED_IN:
    'Give that axis a fixed length (--input NAME=batch,64,64,3), or say that it is a multiple of a number (--multiple height=8).',
  RANDOM_CONSTANT:
    'The model draws numbers by itself, and a graph would repeat the same: save it as it is in use, with layers of noise, dropout and augmentation out of training.',
  READ_WHILE_RECORDING:
    'Export the part of the model before it, or save the model with fixed lengths (--input NAME=1,64,64,3).',
  PROGRAM_FAILED:
    'Give lengths that the model can take (--input NAME=batch,64,64,3); if it has them, it does not work in TF.js, either.',
}

/** An error of the compiler, which speaks of programs, for those who have a model and no program. */
export function adviseForModels(error: unknown): unknown {
  const fix = GantryError.isInstance(error) ? ADVICE[error.code] : undefined
  if (fix === undefined) return error
  const { code, problem } = error as GantryError
  return new UnsupportedError({ code, message: problem, fix, cause: error })
}
