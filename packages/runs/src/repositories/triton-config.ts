import { inferenceDatatypes, MANIFEST_KEY, type ModelManifest, type Port, type Ports } from '@gantry/core'
import { Constant, type Message, protoText } from './proto-text.ts'

/** As `gantry serve` does it: samples of a batch, and microseconds that one waits for others. */
const LARGEST_BATCH = 32
const LONGEST_WAIT = 4000

/**
 * The `config.pbtxt` of an exported function for Triton: requests are batched dynamically, open lengths are -1, and the manifest
 * stands among the parameters, where `GET /v2/models/NAME/config` tells it to clients. Triton draws nothing: clients send every
 * input.
 */
export function tritonConfig(name: string, manifest: ModelManifest): string {
  return protoText({
    name,
    backend: 'onnxruntime',
    max_batch_size: LARGEST_BATCH,
    input: tensors(manifest.inputs),
    output: tensors(manifest.outputs),
    dynamic_batching: { max_queue_delay_microseconds: LONGEST_WAIT },
    parameters: { key: MANIFEST_KEY, value: { string_value: JSON.stringify(manifest) } },
  })
}

function tensors(ports: Ports): Message[] {
  return Object.entries(ports).map(([name, port]) => ({
    name,
    data_type: new Constant(`TYPE_${inferenceDatatypes[port.dtype]}`),
    ...lengthsOf(port),
  }))
}

/** Of one sample. Triton knows no tensor without an axis: one number a sample is sent as [batch, 1]. */
function lengthsOf({ shape }: Port): Message {
  if (shape.length === 0) return { dims: [1], reshape: { shape: [] } }
  return { dims: shape.map((length) => (typeof length === 'number' ? length : -1)) }
}
