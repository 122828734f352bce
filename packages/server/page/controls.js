// Controls that are made from what a model takes.

import { element, put } from './dom.js'

/** The longest side of a picture that is sent. */
const LONGEST_SIDE = 768

/**
 * Fills two forms with a control for each input that people are asked for.
 *
 * @param forms `pictures` for those that a picture is made of, `others` for the rest
 * @param start what stands in them at first, by name
 * @param onChange called with all that is given
 */
export function fillControls(forms, controls, start, onChange) {
  const given = {}
  const made = { pictures: [], others: [] }
  for (const about of controls) {
    const set = (value) => {
      if (value === undefined) delete given[about.name]
      else given[about.name] = value
      onChange({ ...given })
    }
    const { element, value } = makers[about.control](about, start[about.name], set)
    if (value !== undefined) given[about.name] = value
    made[about.control === 'picture' ? 'pictures' : 'others'].push(element)
  }
  for (const [kind, form] of Object.entries(forms)) form.replaceChildren(...made[kind])
  return { ...given }
}

const makers = {
  choice(about, start, set) {
    const any = Math.floor(Math.random() * about.choices.length)
    const index = about.choices.includes(start) ? about.choices.indexOf(start) : any
    const select = element('select')
    select.append(...about.choices.map((name) => element('option', { value: name, textContent: name })))
    select.selectedIndex = index
    // By number: a name may be a number, and another's.
    select.addEventListener('change', () => set(select.selectedIndex))
    return { element: labelled(about.name, select), value: index }
  },
  number(about, start, set) {
    const [min, max] = about.range ?? []
    const initial = start !== undefined && Number.isFinite(Number(start)) ? Number(start) : undefined
    const usual = about.otherwise ?? (about.range ? (min + max) / 2 : 0)
    const type = about.range ? 'range' : 'number'
    const step = about.whole ? 1 : about.range ? (max - min) / 100 : 'any'
    const input = element('input', { type, ...(about.range && { min, max }), step, value: initial ?? usual })
    // No <output>: it would be what the label names. The input itself tells its value to whoever does not see this.
    const shown = element('span', { className: 'value', textContent: about.range ? String(input.value) : '' })
    shown.setAttribute('aria-hidden', 'true')
    input.addEventListener('input', () => {
      if (about.range) shown.textContent = input.value
      if (input.value !== '') set(Number(input.value))
    })
    const label = labelled(about.name, input)
    label.firstChild.after(' ', shown)
    return { element: label, value: initial }
  },
  text(about, start, set) {
    const input = element('input', { type: 'text', value: start ?? '' })
    input.addEventListener('change', () => set(input.value === '' ? undefined : input.value))
    return { element: labelled(about.name, input), value: start }
  },
  picture(about, _start, set) {
    const input = element('input', { type: 'file', accept: 'image/png,image/jpeg,image/webp,image/avif' })
    const preview = element('img', { alt: '', hidden: true })
    const hint = element('span', { textContent: 'Choose a picture, or drop one here' })
    const take = async (file) => {
      if (!file) return
      try {
        set(await dataUrlOf(file))
        put(preview, file)
        hint.textContent = 'Choose another'
      } catch {
        hint.textContent = 'This is no picture that can be read. Choose another'
      }
    }
    input.addEventListener('change', () => take(input.files[0]))
    const label = element('label', { className: 'drop' })
    label.append(element('strong', { textContent: about.name }), preview, hint, input)
    const mark = (is) => (event) => {
      event.preventDefault()
      label.classList.toggle('over', is)
    }
    label.addEventListener('dragover', mark(true))
    label.addEventListener('dragleave', mark(false))
    label.addEventListener('drop', (event) => {
      mark(false)(event)
      take(event.dataTransfer.files[0])
    })
    return { element: label }
  },
}

/** A picture as it stands in JSON: as it is, or smaller where it is larger than what is sent. */
async function dataUrlOf(file) {
  const picture = await createImageBitmap(file)
  const scale = LONGEST_SIDE / Math.max(picture.width, picture.height)
  if (scale >= 1) return read(file)
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)))
  const canvas = element('canvas', { width, height })
  // It is read once, and shown nowhere.
  canvas.getContext('2d', { willReadFrequently: true }).drawImage(picture, 0, 0, width, height)
  return canvas.toDataURL('image/png')
}

function read(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result)
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(file)
  })
}

function labelled(text, control) {
  const label = element('label')
  label.append(text, control)
  return label
}
