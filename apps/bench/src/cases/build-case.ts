import '@tensorflow/tfjs-backend-cpu'
import type { TfjsModel } from '@gantry/compiler'
import { bindFields, findVariant } from '@gantry/variants'
import * as tf from '@tensorflow/tfjs-core'
import type { BenchCase, VariantSource } from './cases.ts'
import { createTutorial } from './tutorial-model.ts'

const SEED = 1

/** Builds a model of @gantry/variants; options that are left out are its paper's. */
export function buildVariant({ variant, options, stage, fields }: VariantSource, batchSize: number) {
  const definition = findVariant(variant)
  const request = {
    options: definition.schema.parse(options),
    fields: bindFields(definition, fields),
    batchSize,
    seed: SEED,
  }
  const plan = definition.stages?.(request).find(({ name }) => name === stage)
  return plan ? plan.build() : definition.build(request)
}

/**
 * The model of a case with the phases of its step only. Every process that builds it gets the same weights.
 *
 * @param joined whether the tutorial's discriminator sees real and generated images as one batch
 */
export async function buildCase({ source, phases, batchSize }: BenchCase, joined = false): Promise<TfjsModel> {
  await tf.setBackend('cpu')
  const model = source === 'tutorial' ? createTutorial(batchSize, joined).model : buildVariant(source, batchSize)
  return {
    name: model.name,
    phases: Object.keys(phases).map((name) => model.phases.find((phase) => phase.name === name)!),
    functions: [],
    shown: [],
    variables: model.variables,
  }
}
