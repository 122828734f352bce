import type { ModelManifest } from '@gantry/core'
import { supply } from '@gantry/modalities'

/** One request, again and again. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** What is asked for: numbers as bytes or in JSON, or a picture as a file. */
export type AskedFor = 'bytes' | 'json' | 'png'

const JSON_TYPE = { 'content-type': 'application/json' }
const SEED = 7

const DATATYPES: Readonly<Record<string, string>> = { float32: 'FP32', int32: 'INT32' }

interface Inference {
  readonly asked: 'bytes' | 'json'
  readonly pictures: number
  /** Whether the client draws what the model is drawn from; else Gantry does, of a seed. */
  readonly withLatents: boolean
  /** Whether a number of a sample is a list of one: Triton has no scalars. */
  readonly listsOfOne?: boolean
}

/** A request of the Open Inference Protocol. */
export function inferRequest(
  name: string,
  { inputs: ports }: Pick<ModelManifest, 'inputs'>,
  { asked, pictures, withLatents, listsOfOne = false }: Inference,
): LoadRequest {
  const supplied = Object.entries(supply(ports, { seed: SEED, from: 0, count: pictures }))
  // Without any input nothing says how many are wanted.
  const all = withLatents || supplied.every(([port]) => ports[port]!.drawn !== undefined)
  const inputs = supplied
    .filter(([port]) => all || ports[port]!.drawn === undefined)
    .map(([port, { dtype, shape, data }]) => ({
      name: port,
      datatype: DATATYPES[dtype],
      shape: listsOfOne && shape.length === 1 ? [...shape, 1] : shape,
      data: Array.from(data, Number),
    }))
  const parameters = { ...(!all && { seed: SEED }), ...(asked === 'bytes' && { binary_data_output: true }) }
  const body = JSON.stringify({ inputs, parameters })
  return { method: 'POST', path: `/v2/models/${name}/infer`, headers: JSON_TYPE, body }
}

/** A request of Gantry's own API, or of the protocol, for what is asked. */
export function gantryRequest(
  name: string,
  manifest: Pick<ModelManifest, 'inputs'>,
  asked: AskedFor,
  pictures: number,
): LoadRequest {
  if (asked !== 'png') return inferRequest(name, manifest, { asked, pictures, withLatents: false })
  const body = JSON.stringify({ seed: SEED, count: pictures, format: 'png', grid: pictures > 1 })
  return { method: 'POST', path: `/v1/models/${name}/generate`, headers: JSON_TYPE, body }
}

/** What `python/serve_fastapi.py` takes. */
export function fastApiRequest({ inputs }: Pick<ModelManifest, 'inputs'>, asked: 'bytes' | 'json'): LoadRequest {
  const labels = Object.keys(inputs).filter((port) => inputs[port]!.modality === 'label')
  const body = JSON.stringify({
    seed: SEED,
    inputs: Object.fromEntries(labels.map((port) => [port, 7])),
    format: asked,
  })
  return { method: 'POST', path: '/generate', headers: JSON_TYPE, body }
}
