import { expect } from 'vitest'
import type { EngineReport } from '../backend.ts'

/** Expects a report that tells people something. */
export function expectReport(report: EngineReport): void {
  expect(report.engine).toMatch(/^[a-z][a-z0-9-]+$/)
  expect(report.version).toMatch(/^\d+\.\d+/)
  expect(['cpu', 'webgpu', 'cuda']).toContain(report.device)
  for (const { name, reason } of report.rejected) {
    expect(name).not.toBe('')
    expect(reason, `why ${name} was rejected`).not.toBe('')
  }
  for (const warning of report.warnings) expect(warning).not.toBe('')
}
