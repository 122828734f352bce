import { z } from 'zod'

const count = z.int().min(1)

/**
 * Everything that determines a training run, and nothing that does not. `config.json` of a run folder holds it fully
 * resolved. Unknown keys are refused.
 */
export const runConfigSchema = z.strictObject({
  /** Name of the variant. */
  variant: z.string().min(1),
  /** Name of the data set: `mnist`, `folder:PATH`, `ring8` … */
  data: z.string().min(1),
  steps: count.default(1000),
  batchSize: count.default(64),
  /** Height and width that images are brought to; absent keeps the data set's own. */
  size: count.optional(),
  /** 1 is grey, 3 is RGB; absent keeps the data set's own. */
  channels: z.union([z.literal(1), z.literal(3)]).optional(),
  seed: z.int().min(0).default(0),
  /** Folder of a run whose newest generator this run's starts from. */
  initFrom: z.string().min(1).optional(),
  engine: z.enum(['auto', 'onnxruntime', 'tfjs']).default('auto'),
  device: z.enum(['auto', 'cpu', 'webgpu', 'cuda']).default('auto'),
  /** Steps from one `step` event to the next. */
  logEvery: count.default(10),
  /** Steps from one sample grid to the next; the last step always has one. */
  sampleEvery: count.default(250),
  /** Steps from one checkpoint to the next; the last step always has one. */
  checkpointEvery: count.default(250),
  /** Number of checkpoints kept, newest first. */
  keepCheckpoints: count.default(3),
  /** Samples in a grid. */
  sampleCount: count.default(64),
  /** Options of the variant, checked by the variant's own schema. */
  options: z.record(z.string(), z.unknown()).default({}),
})

export type RunConfig = z.output<typeof runConfigSchema>

/** A run configuration in which everything with a default may be missing. */
export type RunConfigInput = z.input<typeof runConfigSchema>
