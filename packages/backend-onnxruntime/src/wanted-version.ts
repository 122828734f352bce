/** The version of ONNX Runtime that package.json asks for. */
export const version = '1.30.0'
