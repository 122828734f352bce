// TF.js imports a CommonJS package as a namespace of functions, which only bundlers provide.
import { createRequire } from 'node:module'

const seedrandom = createRequire(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core'))('seedrandom')

export const { alea, xor128, tychei, xorwow, xor4096, xorshift7 } = seedrandom
export default seedrandom
