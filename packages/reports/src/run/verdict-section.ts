import type { RunEventOf } from '@gantry/core'
import type { RunHistory } from '@gantry/runs'
import { escapeHtml, htmlTable, section } from '../html.ts'
import { describeOver, describeRemedy, describeRollback, wordsOf } from '../text/index.ts'

type Told = RunEventOf<'verdict'>

/** What was said of a run while it trained: what holds, with what to try; what no longer does; where it went back. */
export function verdictSection({ verdicts, rollbacks, health, steps }: RunHistory): string {
  const over = verdicts.filter(({ holds }) => !holds)
  const parts = [
    ...verdicts.filter(({ holds }) => holds).map(verdictBlock),
    ...over.map((event) => paragraph(describeOver(event))),
    ...rollbacks.map((event) => paragraph(`Step ${event.step}: ${describeRollback(event)}`)),
  ]
  if (parts.length > 0) return section('Verdicts', parts.join('\n'), 'What the numbers below mean.')
  if (steps.length === 0) return ''
  const none =
    health.length === 0
      ? 'None: nobody has looked at the health of this run.'
      : `None, after ${health.length} looks: nothing is known to be wrong.`
  return section('Verdicts', paragraph(none))
}

function verdictBlock({ verdict, since, message, evidence, remedies }: Told): string {
  const title = `<h3>${escapeHtml(wordsOf(verdict))} <span class="faint">since step ${since}</span></h3>`
  const numbers = Object.entries(evidence).map(([name, value]) => `${name} ${Number(value.toPrecision(3))}`)
  const tries = remedies.map((remedy) => [`<code>${escapeHtml(describeRemedy(remedy))}</code>`, escapeHtml(remedy.why)])
  return [
    title,
    `<p>${escapeHtml(message)}</p>`,
    numbers.length === 0 ? '' : `<p class="faint">${escapeHtml(numbers.join(' · '))}</p>`,
    tries.length === 0 ? '' : htmlTable(['try in a new run', 'because'], tries),
  ].join('')
}

const paragraph = (text: string) => `<p>${escapeHtml(text)}</p>`
