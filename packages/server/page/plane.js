// A square that is dragged over, or walked through by arrow keys.

/** Of the way from the middle to the edge, for a press of a key. */
const STEP = 0.05

/** @param onMove called with x and y from -1 to 1 */
export function makePlane(pad, knob, onMove) {
  let place = [0, 0]
  const show = () => {
    knob.style.left = `${50 + 50 * place[0]}%`
    knob.style.top = `${50 + 50 * place[1]}%`
    const [across, down] = place.map((value) => Math.round(100 * value))
    pad.setAttribute('aria-valuenow', across)
    pad.setAttribute('aria-valuetext', `${across} % across, ${down} % down`)
  }
  show()
  const move = (x, y) => {
    place = [x, y].map((value) => Math.min(1, Math.max(-1, value)))
    show()
    onMove(...place)
  }
  const follow = ({ clientX, clientY }) => {
    const { left, top, width, height } = pad.getBoundingClientRect()
    move((2 * (clientX - left)) / width - 1, (2 * (clientY - top)) / height - 1)
  }
  pad.addEventListener('pointerdown', (event) => {
    pad.setPointerCapture(event.pointerId)
    follow(event)
  })
  pad.addEventListener('pointermove', (event) => {
    if (pad.hasPointerCapture(event.pointerId)) follow(event)
  })
  const keys = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }
  pad.addEventListener('keydown', (event) => {
    const way = keys[event.key]
    if (way === undefined && event.key !== 'Home') return
    event.preventDefault()
    if (way === undefined) move(0, 0)
    else move(place[0] + way[0], place[1] + way[1])
  })
  return {
    reset() {
      place = [0, 0]
      show()
    },
  }
}
