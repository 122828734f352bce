import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { RunHistory } from '@gantry/runs'
import { section } from '../html.ts'

/** Pictures of a film: more are thinned out, the last stays. */
const MOST_PICTURES = 24

interface Frame {
  readonly step: number
  readonly data: string
}

/** The grids of a run, one after the other under a slider: the samples have the same noise in each. */
export async function filmSection(path: string, { samples }: RunHistory): Promise<string> {
  const shown = samples.filter(({ path: file }) => file.endsWith('.png'))
  const thin = Math.ceil(shown.length / MOST_PICTURES)
  const chosen = shown.filter((_, index) => (shown.length - 1 - index) % thin === 0)
  const frames: Frame[] = []
  for (const { step, path: file } of chosen) {
    // A run may have been moved: its grids lie in its own folder.
    const png = await readFile(join(path, 'samples', basename(file))).catch(() => undefined)
    if (png !== undefined) frames.push({ step, data: png.toString('base64') })
  }
  const last = frames.at(-1)
  if (last === undefined) return ''
  const image = `<img class="grid" id="frame" alt="Samples" src="data:image/png;base64,${last.data}">`
  const most = frames.length - 1
  const slider = `<label>Step <output id="at">${last.step}</output><input id="film" type="range" min="0" max="${most}" value="${most}" aria-label="Step"></label>`
  const data = `<script type="application/json" id="frames">${escapeJson(frames)}</script>`
  return section(
    'Samples over time',
    `<div class="film">${frames.length > 1 ? slider : ''}${image}</div>${data}`,
    `The same noise at every step, ${frames.length} of ${shown.length} grids.`,
  )
}

/** Moves the film. */
export const filmScript = `
const frames = JSON.parse(document.getElementById('frames')?.textContent ?? '[]')
document.getElementById('film')?.addEventListener('input', ({ target }) => {
  const frame = frames[Number(target.value)]
  document.getElementById('frame').src = 'data:image/png;base64,' + frame.data
  document.getElementById('at').textContent = frame.step
})
`

/** JSON that cannot end the element that it is in. */
function escapeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c')
}
