import { ConfigurationError, suggestion, UnsupportedError } from '@gantry/core'
import type { Engine, EngineListing } from './engine.ts'
import { onnxruntime } from './onnxruntime.ts'
import { tfjs } from './tfjs.ts'

/** Every engine; `auto` is the first. A new one is its file, and a line here. */
export const engines: readonly Engine[] = [onnxruntime, tfjs]

/**
 * The engine of this name.
 *
 * @param device checked against what the engine has
 * @throws ConfigurationError `ENGINE_UNKNOWN` with the nearest name, `DEVICE_UNKNOWN`; UnsupportedError `DEVICE_UNAVAILABLE` for a
 * device that another engine has
 */
export function findEngine(name: string, device = 'auto'): Engine {
  const engine = name === 'auto' ? engines[0] : engines.find((each) => each.name === name)
  if (engine === undefined) {
    throw new ConfigurationError({
      code: 'ENGINE_UNKNOWN',
      message: `There is no engine '${name}'.`,
      fix: suggestion(name, ['auto', ...engines.map((each) => each.name)]),
    })
  }
  if (device === 'auto' || engine.devices.includes(device)) return engine
  const other = engines.find(({ devices }) => devices.includes(device))
  if (other !== undefined) {
    throw new UnsupportedError({
      code: 'DEVICE_UNAVAILABLE',
      message: `The engine ${engine.name} has the devices ${engine.devices.join(', ')}, but '${device}' is asked for.`,
      fix: `Use '--engine ${other.name}'.`,
    })
  }
  throw new ConfigurationError({
    code: 'DEVICE_UNKNOWN',
    message: `There is no device '${device}'.`,
    fix: suggestion(device, ['auto', ...engine.devices]),
  })
}

/** Tries every engine on every device. */
export async function listEngines(): Promise<EngineListing[]> {
  const lists = await Promise.all(engines.map((engine) => engine.list()))
  return lists.flat()
}
