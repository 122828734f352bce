import type { Ports } from '@gantry/core'
import type { Arrays } from '../models/batch-queue.ts'
import { jsonNumbers } from './json-numbers.ts'
import { allShown, animated, eachShown, type PictureFormat, type Sent } from './pictures.ts'

/** What is to be made of what a model made. It travels to a thread. */
export type Presentation =
  /** Every sample on its own. */
  | { readonly kind: 'each'; readonly ports: Ports; readonly format: PictureFormat | undefined }
  /** All samples in one thing to look at. */
  | {
      readonly kind: 'all'
      readonly ports: Ports
      readonly format: PictureFormat | undefined
      readonly columns: number | undefined
    }
  /** One after another. */
  | { readonly kind: 'film'; readonly ports: Ports; readonly milliseconds: number }
  /** Numbers: `about` as JSON, with a list where it has the name of an output as a {@link numbersOf}. */
  | { readonly kind: 'json'; readonly about: unknown }

const NUMBERS = 'numbersOf'

/** Stands in the `about` of a JSON presentation for the numbers of an output. */
export const numbersOf = (output: string) => ({ [NUMBERS]: output })

/** What clients are sent. Whoever calls it says where: it blocks its thread for a tenth of a second a megapixel. */
export async function present(presentation: Presentation, outputs: Arrays): Promise<Sent[]> {
  switch (presentation.kind) {
    case 'each':
      return eachShown(presentation.ports, outputs, presentation.format)
    case 'all':
      return [await allShown(presentation.ports, outputs, presentation.format, presentation.columns)]
    case 'film':
      return [await animated(await eachShown(presentation.ports, outputs, 'png'), presentation.milliseconds)]
    case 'json':
      return [{ contentType: 'application/json', bytes: json(presentation.about, outputs) }]
  }
}

function json(about: unknown, outputs: Arrays): Uint8Array<ArrayBuffer> {
  // Not a replacer of JSON.stringify: it would be asked about every single number.
  const filled = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(filled)
    const { [NUMBERS]: output } = value as Readonly<Record<string, unknown>>
    if (typeof output === 'string') return jsonNumbers(output, outputs[output]!)
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, filled(part)]))
  }
  return new Uint8Array(Buffer.from(JSON.stringify(filled(about))))
}
