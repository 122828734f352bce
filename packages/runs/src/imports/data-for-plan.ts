import { ConfigurationError, imageField, labelField } from '@gantry/core'
import { openDataset } from '@gantry/datasets'
import { type AuthorsPlan, bindFields, classesOf, type VariantDefinition } from '@gantry/variants'
import { describeData, type RunData } from '../run-data.ts'

/** Data that imported networks are trained on further. */
export interface TrainingData {
  readonly data: string
  readonly dataOptions: Readonly<Record<string, unknown>>
}

/** What is known of data that nobody has: images of this shape, and so many classes. */
export function unknownData({ shape, classes }: AuthorsPlan, name = 'unknown'): RunData {
  const names = classes === undefined ? undefined : Array.from({ length: classes }, (_, index) => String(index))
  return {
    ...{ name, size: 0 },
    fields: { image: imageField(shape), ...(names && { label: labelField(names) }) },
    binding: { samples: 'image', ...(names && { labels: 'label' }) },
  }
}

/**
 * Data as a run of these networks knows them.
 *
 * @throws ConfigurationError `DATA_MISMATCH` for images of another size, or other classes; what opening the data throws
 */
export async function dataForPlan(
  { shape, classes }: AuthorsPlan,
  variant: VariantDefinition,
  { data, dataOptions }: TrainingData,
): Promise<RunData> {
  const dataset = await openDataset(data, dataOptions)
  try {
    const bound = bindFields(variant, dataset.fields)
    const { samples, labels } = bound
    if (samples!.shape.join() !== shape.join()) {
      throw mismatch(
        `images of ${shape.join('×')}, but those of ${dataset.name} are ${samples!.shape.join('×')}`,
        `Bring them to it: --size ${shape[0]} --channels ${shape[2]}.`,
      )
    }
    const own = labels && classesOf(labels)
    if (classes !== undefined && own !== classes) {
      throw mismatch(
        `${classes} classes, but ${dataset.name} has ${own ?? 'none'}`,
        'Choose data with as many, in the order of the authors.',
      )
    }
    return describeData(dataset, bound)
  } finally {
    await dataset.dispose?.()
  }
}

function mismatch(what: string, fix: string): ConfigurationError {
  return new ConfigurationError({ code: 'DATA_MISMATCH', message: `The networks are for ${what}.`, fix })
}
