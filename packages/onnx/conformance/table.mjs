const OUTCOMES = ['right', 'refused', 'not run', 'wrong', 'crashed']

/** Counts by source, then refusals by code, as Markdown. */
export function formatTable(results) {
  const sources = [...new Set(results.map(({ source }) => source))]
  const rows = [...sources, undefined].map((source) => {
    const own = results.filter((each) => source === undefined || each.source === source)
    const counts = OUTCOMES.map((outcome) => own.filter((each) => each.outcome === outcome).length)
    return `| ${source ?? 'all'} | ${own.length} | ${counts.join(' | ')} |`
  })
  const right = results.filter(({ outcome }) => outcome === 'right')
  const codes = new Map()
  for (const { code } of results) if (code !== undefined) codes.set(code, (codes.get(code) ?? 0) + 1)
  const refusals = [...codes].map(([code, count]) => `| \`${code}\` | ${count} |`)
  return [
    `| tests of | models | ${OUTCOMES.join(' | ')} |`,
    `|---|---|${OUTCOMES.map(() => '---').join('|')}|`,
    ...(sources.length === 1 ? rows.slice(1) : rows),
    '',
    '| refused with | models |',
    '|---|---|',
    ...refusals.sort(),
    '',
    `Of the right ones, ${right.filter(({ folded }) => folded).length} were computed ahead of time as constants; ${right.filter(({ kept }) => kept).length} stay at an older operator set.`,
    `Python's checker takes ${results.filter(({ checked }) => checked).length} of ${results.filter(({ checked }) => checked !== undefined).length} models that it takes before.`,
  ].join('\n')
}
