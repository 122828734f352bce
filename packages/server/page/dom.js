// A little of the DOM.

export const $ = (id) => document.getElementById(id)

export function element(name, properties = {}) {
  return Object.assign(document.createElement(name), properties)
}

/** Shows a picture that came as bytes. */
export function put(image, blob) {
  const before = image.src
  image.src = URL.createObjectURL(blob)
  image.hidden = false
  image.onload = () => {
    if (before.startsWith('blob:')) URL.revokeObjectURL(before)
    // Few pixels are shown as what they are.
    image.classList.toggle('crisp', image.naturalWidth < 128)
  }
}
