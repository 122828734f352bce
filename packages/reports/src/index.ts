export { CURVE_COLORS, type Curve, type CurvesOptions, drawCurves } from './curves.ts'
export { type EvaluationReportRequest, evaluationReport } from './evaluation/evaluation-report.ts'
export { type RunReport, runReport } from './run/run-report.ts'
export { writePlots } from './run/write-plots.ts'
