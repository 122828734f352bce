export { baselinesOf } from './baselines-of.ts'
export { describeField } from './describe-field.ts'
export { describeReached } from './describe-reached.ts'
export { describeVariant, listVariantsBriefly, type VariantEntry } from './describe-variants.ts'
export {
  describeOver,
  describeRemedy,
  describeRollback,
  describeVerdict,
  verdictLines,
  wordsOf,
} from './describe-verdict.ts'
export { formatSeconds } from './format-seconds.ts'
export { formatInterval, formatValue } from './format-value.ts'
export { describeCounts, labelHistogram } from './label-histogram.ts'
export { roundedSpeed } from './rounded-speed.ts'
export { scoreTable } from './score-table.ts'
export { table } from './table.ts'
