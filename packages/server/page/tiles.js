// Small pictures to choose from.

import { element, put } from './dom.js'
import { make } from './server.js'

export function seedsOf(point) {
  return point.length > 2 ? `a mixture of ${point.length} seeds` : `seed ${point.map(({ seed }) => seed).join(' + ')}`
}

/** A picture of a point that can be chosen; it goes away where it cannot be made. */
export function tile(model, { point, inputs }, onChoose) {
  const image = element('img', { alt: '' })
  const button = element('button', { type: 'button' })
  button.setAttribute('aria-label', `Show ${seedsOf(point)}`)
  button.append(image)
  button.addEventListener('click', onChoose)
  const box = element('div', { className: 'tile' })
  box.append(button)
  make(model, { point, inputs }).then(
    (blob) => put(image, blob),
    () => box.remove(),
  )
  return box
}
