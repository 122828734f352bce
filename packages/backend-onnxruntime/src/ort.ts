/**
 * The one door to ONNX Runtime: `onnxruntime-node`, or `onnxruntime-web` where a bundler builds for browsers. Both have the
 * same API.
 */
export { InferenceSession as OrtSession, Tensor as OrtTensor } from '#platform/ort'
