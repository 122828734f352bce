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
