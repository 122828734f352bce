// What people keep, in their browser.

const KEPT = 'gantry-kept'
/** More would fill the storage, and nobody looks at them. */
const MOST = 48

export function readKept(model) {
  try {
    return (JSON.parse(localStorage.getItem(KEPT)) ?? []).filter((each) => each.model === model.name)
  } catch {
    return []
  }
}

/** @param each {model, point, inputs} */
export function keep(each) {
  const others = all().filter((other) => JSON.stringify(other) !== JSON.stringify(each))
  localStorage.setItem(KEPT, JSON.stringify([each, ...others].slice(0, MOST)))
}

export function drop(each) {
  localStorage.setItem(KEPT, JSON.stringify(all().filter((other) => JSON.stringify(other) !== JSON.stringify(each))))
}

function all() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? []
  } catch {
    return []
  }
}
