import type { Port, Ports } from '@gantry/core'
import { countOf, findModality } from '@gantry/modalities'
import { isDrawn } from '../generation/inputs.ts'
import type { LoadedModel } from '../models/served-model.ts'

/** More names than a list to choose from can have. */
const MOST_CHOICES = 2000

/** A model as clients see it: its manifest, and how people are asked for its inputs. */
export function describeServed({ name, version, manifest, ready, depth }: LoadedModel) {
  const { inputs, outputs, ...about } = manifest
  return {
    name,
    version,
    ready,
    waiting: depth,
    manifest: { ...about, inputs, outputs },
    controls: controlsOf(inputs),
    /** Whether a seed changes what is made. */
    drawn: Object.values(inputs).some(isDrawn),
    /** Whether what is drawn can be mixed: a plane of it can be walked through. */
    latent: Object.values(inputs).some((port) => isDrawn(port) && port.shape.every((each) => typeof each === 'number')),
  }
}

function controlsOf(inputs: Ports) {
  return Object.entries(inputs).flatMap(([name, port]) => {
    const { control } = findModality(port.modality)
    if (control === undefined || isDrawn(port)) return []
    const choices = control === 'choice' ? choicesOf(port) : undefined
    const { range, otherwise, dtype } = port
    return [
      {
        name,
        control: control === 'choice' && choices === undefined ? ('text' as const) : control,
        whole: !dtype.startsWith('float'),
        ...(choices && { choices }),
        ...(range && control === 'number' && { range }),
        ...(otherwise !== undefined && { otherwise }),
        /** Whether nothing can be made without it. */
        required: control === 'picture' || control === 'text',
      },
    ]
  })
}

function choicesOf(port: Port): readonly string[] | undefined {
  const count = countOf(port)
  if (count === undefined || count > MOST_CHOICES) return undefined
  return port.names ?? Array.from({ length: count }, (_, index) => String(index))
}
