import type { EvaluationRequest } from './evaluated-samples.ts'

/** Only the network that a name is defined by gives a number of that name. */
export function scoreName({ extractor: { name, frechetName } }: EvaluationRequest, metric: string): string {
  return name === 'inception-fid' ? metric : `${frechetName.replace(/-frechet$/, '')}-${metric}`
}
