import { basename, dirname, resolve } from 'node:path'
import { ConfigurationError } from '@gantry/core'
import { modelName } from '@gantry/runs/generators'

const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/

/**
 * Names under which models are served, and their files: `name=path`, or the name of the file, or of the run that `generator.onnx`
 * lies in.
 *
 * @throws ConfigurationError `MODEL_NAME_INVALID`, `MODEL_TWICE`, `MODEL_MISSING`
 *
 * @example
 * ```ts
 * modelNames(['runs/digits', 'faces=runs/7/generator.onnx']) // digits, faces
 * ```
 */
export function modelNames(models: readonly string[]): ReadonlyMap<string, string> {
  const named = new Map<string, string>()
  if (models.length === 0) {
    throw new ConfigurationError({ code: 'MODEL_MISSING', message: 'There is no model to serve.', fix: 'Name a file.' })
  }
  for (const model of models) {
    const [, given, rest] = /^([^=/\\]+)=(.+)$/s.exec(model) ?? []
    const path = rest ?? model
    const name = given ?? ownName(path)
    if (!NAME.test(name)) {
      throw new ConfigurationError({
        code: 'MODEL_NAME_INVALID',
        message: `'${name}' cannot be the name of a model: it has letters, digits, '.', '_' and '-', at most 64.`,
        fix: `Give it one: digits=${path}`,
      })
    }
    if (named.has(name)) {
      throw new ConfigurationError({
        code: 'MODEL_TWICE',
        message: `Two models are called '${name}': ${named.get(name)} and ${path}.`,
        fix: `Give one another name: ${name}-2=${path}`,
      })
    }
    named.set(name, path)
  }
  return named
}

function ownName(path: string): string {
  const full = resolve(path)
  const own = basename(full, '.onnx')
  return modelName(own === 'generator' ? basename(dirname(full)) : own)
}
