import { z } from 'zod'

const count = z.int().min(1)

/** Marks a key that may have another value when a run is resumed. What is not marked decides the numbers of a run. */
const mayChange = { mayChange: true }

/**
 * Everything that determines a training run, and nothing that does not. A run folder holds it fully resolved. Unknown keys are
 * refused.
 */
export const runConfigSchema = z.strictObject({
  /** Name of the variant. */
  variant: z.string().min(1),
  /** Name of the data set: `mnist`, `folder:PATH`, `ring8` … */
  data: z.string().min(1),
  /** Options of the data set, such as the size of its images; absent keeps its own. */
  dataOptions: z.record(z.string(), z.unknown()).default({}),
  /** Data that grids and scores are of, and evaluations unless they are told otherwise: absent, those that the run is trained on. */
  validation: z.string().min(1).optional().meta(mayChange),
  /** Fields of the data by the slots of the variant, where they are chosen by hand. */
  bind: z.record(z.string(), z.string()).default({}),
  steps: count.default(1000).meta(mayChange),
  batchSize: count.default(64),
  seed: z.int().min(0).default(0),
  /** Folder of a run whose newest generator this run's starts from. */
  initFrom: z.string().min(1).optional(),
  /** Name of an engine, or `auto`. */
  engine: z.string().min(1).default('auto').meta(mayChange),
  /** Name of a device of the engine, or `auto`. */
  device: z.string().min(1).default('auto').meta(mayChange),
  /** Steps from one `step` event to the next. */
  logEvery: count.default(10).meta(mayChange),
  /** Steps from one sample grid to the next; the last step always has one. */
  sampleEvery: count.default(250).meta(mayChange),
  /** Steps from one checkpoint to the next; the last step always has one. */
  checkpointEvery: count.default(250).meta(mayChange),
  /** Number of checkpoints kept, newest first. */
  keepCheckpoints: count.default(3).meta(mayChange),
  /** Samples in a grid. */
  sampleCount: count.default(64).meta(mayChange),
  /** Steps from one look at the run's health to the next; absent: a hundredth of its steps, and no fewer than 50. */
  healthEvery: count.optional().meta(mayChange),
  /** After numbers that are not finite: stop, or go on from the last checkpoint at half the learning rate. */
  onNan: z.enum(['stop', 'rollback']).default('stop').meta(mayChange),
  /** Steps from one evaluation to the next; absent evaluates none. */
  scoreEvery: count.optional().meta(mayChange),
  /** Samples on either side of such an evaluation. */
  scoreCount: z.int().min(2).default(1000).meta(mayChange),
  /** Metrics of such an evaluation; absent takes the usual ones. */
  scoreMetrics: z.array(z.string().min(1)).optional().meta(mayChange),
  /** k, of those metrics of such an evaluation that count neighbours; absent takes their convention's number. */
  scoreNeighbours: count.optional().meta(mayChange),
  /** Extractor of such an evaluation, by name or as an ONNX file; absent takes the one that fits. */
  scoreExtractor: z.string().min(1).optional().meta(mayChange),
  /** Options of the variant, checked by the variant's own schema. */
  options: z.record(z.string(), z.unknown()).default({}),
})

export type RunConfig = z.output<typeof runConfigSchema>

/** A run configuration in which everything with a default may be missing. */
export type RunConfigInput = z.input<typeof runConfigSchema>

/** Keys whose values may differ from one attempt at a run to the next; all others decide its numbers. */
export const changeableKeys: ReadonlySet<string> = new Set(
  Object.entries(runConfigSchema.shape)
    .filter(([, schema]) => (schema as z.ZodType).meta()?.mayChange === true)
    .map(([key]) => key),
)
