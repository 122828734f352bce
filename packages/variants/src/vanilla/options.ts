import { z } from 'zod'
import { commonOptions } from '../common-options.ts'

export const vanillaOptions = commonOptions.extend({
  hiddenUnits: z.number().int().min(1).max(8192).default(128).describe('units of each hidden layer, in both networks'),
  hiddenLayers: z.number().int().min(1).max(16).default(2).describe('hidden layers, in both networks'),
  learningRate: z.number().positive().max(10).default(1e-3).describe('step size of both optimizers'),
  latentSize: z.number().int().min(1).max(4096).default(16).describe('length of the noise vector z'),
})

export type VanillaOptions = z.infer<typeof vanillaOptions>
