import type { Port, Ports } from '@gantry/core'
import { portsFromData } from './supply.ts'

/** A function that makes something of another of its kind: an image of an image. */
export interface Translation {
  /** Name of the input that the data feed, and its port with the field of the data. */
  readonly input: string
  readonly source: Port & { readonly field: string }
  readonly output: string
  /** What comes out; its field is what it imitates. */
  readonly target: Port
}

/** The ends of a function that takes from the data what is of the modality of its first output; undefined for any other. */
export function translationOf({
  inputs,
  outputs,
}: {
  readonly inputs: Ports
  readonly outputs: Ports
}): Translation | undefined {
  const [output, target] = Object.entries(outputs)[0] ?? []
  const fed = Object.entries(portsFromData(inputs)).find(([, { modality }]) => modality === target?.modality)
  if (output === undefined || target === undefined || fed === undefined) return undefined
  const [input, source] = fed
  return { input, source: { ...source, field: source.field! }, output, target }
}

/** Whether one translation leads back from where the other leads. */
function leadsBack(there: Translation, back: Translation): boolean {
  return back.source.field === there.target.field && back.target.field === there.source.field
}

/** The function among these that leads back from where one leads: `translate-back` of `translate`. */
export function wayBack<
  Fn extends { readonly name: string; readonly weights: string; readonly inputs: Ports; readonly outputs: Ports },
>(fn: Fn, functions: readonly Fn[]): Fn | undefined {
  const there = translationOf(fn)
  if (there === undefined || there.source.field === there.target.field) return undefined
  return functions.find((other) => {
    const back = translationOf(other)
    return other.weights === fn.weights && back !== undefined && leadsBack(there, back)
  })
}
