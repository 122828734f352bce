import { env } from 'onnxruntime-node'

export { InferenceSession, Tensor } from 'onnxruntime-node'

const { common, node = common } = env.versions

/** ONNX Runtime's own. */
export const version: string = node
