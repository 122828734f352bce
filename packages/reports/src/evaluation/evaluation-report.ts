import type { Work } from '@gantry/metrics'
import { type Comparison, type EvaluatedRun, gantryVersion } from '@gantry/runs'
import { escapeHtml, htmlPage } from '../html.ts'
import { neighboursSection, samplesSection } from './pictures.ts'
import { classesSection, protocolSection, scoresSection, warningsSection } from './tables.ts'

export interface EvaluationReportRequest extends Work {
  readonly target: string
  readonly evaluated: EvaluatedRun
  readonly comparisons: readonly Comparison[] | undefined
}

/**
 * An evaluation as one HTML page that needs no other file.
 *
 * @example
 * ```ts
 * const evaluated = await evaluateRun('runs/mine', { forReport: true })
 * await writeFile('report.html', await evaluationReport({ target: 'runs/mine', evaluated, comparisons: undefined }))
 * ```
 */
export async function evaluationReport({
  target,
  evaluated,
  comparisons,
  ...work
}: EvaluationReportRequest): Promise<string> {
  const { sides, evaluation, real, generated, protocol, classes } = evaluated
  const title = `${sides.generated.title} against ${sides.real.name}`
  const counts = `${protocol.generatedCount} generated, ${protocol.realCount || 'statistics of'} real samples${protocol.extractor === 'none' ? '' : `, by ${protocol.extractor}`}`
  const body = [
    `<h1>${escapeHtml(title)}</h1><p class="subtitle">${escapeHtml(counts)}</p>`,
    warningsSection(evaluation.warnings),
    scoresSection(evaluation.scores, comparisons),
    await samplesSection(evaluated),
    classesSection(classes, generated.logits?.columns === classes?.length),
    await neighboursSection(real, generated, work),
    protocolSection(protocol),
    `<footer>${escapeHtml(`gantry ${gantryVersion} evaluate ${target}, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`)}</footer>`,
  ]
  return htmlPage(title, body.filter((part) => part !== '').join('\n'))
}
