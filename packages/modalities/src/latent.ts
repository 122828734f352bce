import { drawnRows, givenRows } from './given-rows.ts'
import type { Modality } from './modality.ts'
import { parseNumbers } from './parse-numbers.ts'

/** Latent vectors: drawn, each at the place of its sample in the random stream of the input's name. */
export const latent: Modality = {
  name: 'latent',
  supply: (port, request) => givenRows(port, request, request.asked) ?? drawnRows(port, request),
  parse: async (field, text) => parseNumbers(field, text),
}
