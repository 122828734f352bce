import { ModelFormatError } from '@gantry/core'

/** A weights file that ends too early. */
export function truncated(what: string): ModelFormatError {
  return new ModelFormatError({
    code: 'WEIGHTS_TRUNCATED',
    message: `The weights file is incomplete: ${what}.`,
    fix: 'Download or copy it again.',
  })
}

/** A weights file that contradicts itself, or uses what is not supported. */
export function invalid(message: string, fix?: string): ModelFormatError {
  return new ModelFormatError({ code: 'WEIGHTS_INVALID', message, ...(fix !== undefined && { fix }) })
}

/** A pickle that loads only by running code. */
export function unsafe(name: string): ModelFormatError {
  return new ModelFormatError({
    code: 'PICKLE_UNSAFE',
    message: `The weights file wants to execute code: its pickle calls '${name}', which makes no tensor. Nothing was executed.`,
    fix: 'Do not load files from strangers in Python either. Of your own model, save the tensors alone: torch.save(model.state_dict(), path), or .safetensors.',
  })
}

/** Deeper than anything that a network is made of; recursion would end with a full stack. */
const DEEPEST = 100

/**
 * Refuses what lies in more and more of the same.
 *
 * @throws ModelFormatError `WEIGHTS_INVALID`
 */
export function checkDepth(depth: number): void {
  if (depth > DEEPEST) throw invalid(`What the file holds lies more than ${DEEPEST} levels deep.`)
}
