import { expect } from 'vitest'
import type { InferenceSession, ModelSource } from '../backend.ts'
import { ModelFormatError, ShapeError, TrainingError } from '../errors.ts'
import { float32, type NDArray, ndarray } from '../ndarray.ts'
import { expectClose, expectError } from './expectations.ts'
import { referenceVariables } from './reference-model.ts'
import { ReferenceTrajectory } from './reference-trajectory.ts'
import { expectReport } from './report.ts'
import { describeSuite, type Skip } from './suite.ts'

/** The model file that an inference backend is tested with: `prediction = x · kernel + bias`. */
export const referenceInferenceModel = {
  kernel: referenceVariables['linear/kernel'],
  bias: referenceVariables['linear/bias'],
  inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 3] }],
  outputs: [{ name: 'prediction', dtype: 'float32', shape: ['batch', 2] }],
  metadata: { purpose: 'conformance', motto: 'Prüfe alles – behalte das Gute' },
} as const

/** One backend under test. */
export interface InferenceBackendCase {
  readonly name: string
  /** `referenceInferenceModel` as a file's bytes. */
  readonly model: () => Promise<Uint8Array> | Uint8Array
  load(source: ModelSource): Promise<InferenceSession>
  /** Makes a file of bytes, calls `run` with its path or URL, and removes it; by default in Node's folder for such files. */
  withFile?(bytes: Uint8Array, run: (path: string) => Promise<void>): Promise<void>
  readonly skip?: readonly Skip[]
}

function samples(batch: number): NDArray<'float32'> {
  return float32(
    [batch, 3],
    Array.from({ length: batch * 3 }, (_, index) => Math.cos(index)),
  )
}

async function expectPrediction(session: InferenceSession, batch: number): Promise<void> {
  const x = samples(batch)
  const results = await session.run({ x })
  expect(Object.keys(results)).toEqual(['prediction'])
  expect(results.prediction).toMatchObject({ dtype: 'float32', shape: [batch, 2] })
  expectClose('prediction', results.prediction!.data, new ReferenceTrajectory().predict(x.data).prediction)
  expect(x).toEqual(samples(batch))
}

/** Imports what it needs when it runs: the kit runs in browsers too. */
async function withTemporaryFile(bytes: Uint8Array, run: (path: string) => Promise<void>): Promise<void> {
  const { mkdtemp, rm, writeFile } = await import('node:fs/promises')
  const { tmpdir } = await import('node:os')
  const folder = await mkdtemp(`${tmpdir()}/gantry-conformance-`)
  try {
    const path = `${folder}/model.onnx`
    await writeFile(path, bytes)
    await run(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Defines the tests that every inference backend passes. */
export function describeInferenceBackend({
  name,
  model,
  load,
  withFile = withTemporaryFile,
  skip = [],
}: InferenceBackendCase): void {
  const withSession = (run: (session: InferenceSession) => Promise<void>) => async () => {
    const session = await load(await model())
    try {
      await run(session)
    } finally {
      await session.dispose()
    }
  }
  const foreign = new TextEncoder().encode('<!doctype html><title>404</title>')

  const tests: Record<string, () => Promise<void>> = {
    'tells inputs, outputs and metadata': withSession(async (session) => {
      expect(session.inputs).toEqual(referenceInferenceModel.inputs)
      expect(session.outputs).toEqual(referenceInferenceModel.outputs)
      expect(session.metadata).toMatchObject(referenceInferenceModel.metadata)
    }),

    'runs at any batch size': withSession(async (session) => {
      for (const batch of [1, 5, 2]) await expectPrediction(session, batch)
    }),

    'runs concurrent calls': withSession(async (session) => {
      await Promise.all([3, 1, 4].map((batch) => expectPrediction(session, batch)))
    }),

    'loads a file': async () =>
      withFile(await model(), async (path) => {
        const session = await load(path)
        await expectPrediction(session, 2)
        expect(session.metadata).toMatchObject(referenceInferenceModel.metadata)
        await session.dispose()
      }),

    'refuses feeds that do not fit': withSession(async (session) => {
      await expectError(session.run({}), ShapeError, 'FEED_MISSING')
      await expectError(session.run({ x: samples(1), y: samples(1) }), ShapeError, 'FEED_UNKNOWN')
      await expectError(session.run({ x: float32([1, 4], [0, 0, 0, 0]) }), ShapeError, 'FEED_MISMATCH')
      await expectError(session.run({ x: ndarray('int32', [1, 3]) }), ShapeError, 'FEED_MISMATCH')
      await expectPrediction(session, 1)
    }),

    'refuses a missing file by its path': async () => {
      const error = await expectError(load('/nowhere/generator.onnx'), ModelFormatError)
      expect(error.message).toContain('/nowhere/generator.onnx')
    },

    'refuses a file that is no model by its path': () =>
      withFile(foreign, async (path) => {
        const error = await expectError(load(path), ModelFormatError)
        expect(error.message).toContain(path)
      }),

    'refuses a model that is cut short anywhere': async () => {
      const bytes = await model()
      for (const share of [0, 0.1, 0.5, 0.9]) {
        await expectError(load(bytes.slice(0, Math.floor(share * bytes.length))), ModelFormatError)
      }
      await expectError(load(bytes.slice(0, -1)), ModelFormatError)
    },

    'refuses runs after dispose, which may be called twice': withSession(async (session) => {
      await Promise.all([session.dispose(), session.dispose()])
      await expectError(session.run({ x: samples(1) }), TrainingError, 'SESSION_DISPOSED')
    }),

    'reports its engine': withSession(async (session) => expectReport(session.report)),
  }
  describeSuite(`${name} is an inference backend: it`, tests, skip)
}
