/**
 * The one door to ONNX Runtime. A browser build replaces this module by `onnxruntime-web`, which has the same API.
 */
export { env as ortEnvironment, InferenceSession as OrtSession, Tensor as OrtTensor } from 'onnxruntime-node'
