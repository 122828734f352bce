import { type LearningRun, settingsOf } from '../learning-run.ts'
import type { LearningResult } from '../result.ts'

/** A run that takes a moment. */
export function runNamed(id: string, more: Partial<LearningRun> = {}): LearningRun {
  const [row = id, seed = '1'] = id.split(/-(?=\d+$)/)
  return {
    ...{ id, table: 'good', row, variant: 'vanilla', data: 'ring8', seed: Number(seed) },
    ...{ batchSize: 16, steps: 10, options: { hiddenUnits: 8, hiddenLayers: 1 }, minutes: 1 },
    ...more,
  }
}

export function resultOf(run: LearningRun, more: Partial<LearningResult> = {}): LearningResult {
  return {
    ...{ version: 1, id: run.id, settings: settingsOf(run), engine: 'onnxruntime 1.30.0', threads: 1 },
    ...{ machine: 'a machine, 2 cores', date: '2026-11-28', load: 1, steps: run.steps, seconds: 90 },
    ...{ protocol: '2,500 points', scores: { modes: 8, 'high-quality': 0.9 }, curve: [], curveCount: 0 },
    ...more,
  }
}
