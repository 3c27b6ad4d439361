// Streamlit draws what a popover holds at the end of the document, dozens of stops away from the button that opened it. Here Tab leads
// from that button into it, around, and back. Once for the window, whichever components are drawn.

const OPENER = '[data-testid="stPopoverButton"][aria-expanded="true"]'
// A field is a stop even while its list is open, when Streamlit takes it out of the order.
const STOPS = 'a[href], button:not(:disabled):not([tabindex="-1"]), input:not(:disabled), textarea:not(:disabled), [tabindex="0"]'

function walkPopover(event) {
  if (event.key !== "Tab" || event.defaultPrevented) return
  const [opener, body] = [document.querySelector(OPENER), document.querySelector('[data-testid="stPopoverBody"]')]
  if (!opener || !body) return
  const stops = [...body.querySelectorAll(STOPS)].filter((stop) => stop.getClientRects().length)
  if (!stops.length) return
  const ring = [opener, ...stops]
  const at = ring.indexOf(document.activeElement)
  const isLeaving = event.shiftKey ? at === 1 : at === ring.length - 1
  if (at === -1 || (at !== 0 && !isLeaving) || (at === 0 && event.shiftKey)) return
  event.preventDefault()
  ring[at === 0 ? 1 : 0].focus()
}

function followPopovers() {
  if (window.floorwalkerPopovers) return
  window.floorwalkerPopovers = true
  document.addEventListener("keydown", walkPopover)
}
