// Isolated from other origins: only then do browsers give a page threads.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}

export default {
  // Otherwise the development server moves this package's script away from the files beside it.
  optimizeDeps: { exclude: ['@gantry/backend-onnxruntime'] },
  server: { headers },
  preview: { headers },
}
