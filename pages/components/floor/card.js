// The card that opens from a tile or the queues: above everything, closed by Escape or a click elsewhere. The focus goes into it,
// walks what is in it, and goes back to where it came from.

class Card {
  constructor(root) {
    this.box = root.querySelector(".card")
    this.box.addEventListener("toggle", (event) => {
      if (event.newState === "open" || !this.opener) return
      this.opener.setAttribute("aria-expanded", "false")
      // Browsers give the focus back by themselves, but not to what is in a component.
      const active = this.box.getRootNode().activeElement
      if (!active || this.box.contains(active)) this.opener.focus({ preventScroll: true })
      this.opener = null
      this.draw = null
    })
    this.box.onkeydown = (event) => this.walk(event)
  }

  // `draw` fills the card and is called again as figures move.
  toggle(opener, draw) {
    const wasOpen = this.opener === opener
    if (this.opener) this.box.hidePopover()
    if (wasOpen) return
    this.opener = opener
    this.draw = draw
    opener.setAttribute("aria-expanded", "true")
    this.box.replaceChildren()
    draw(this.box)
    this.box.showPopover()
    this.place()
    this.box.focus({ preventScroll: true })
  }

  // It stands at the end of the page: the next stop after its last one would be far from where it was opened.
  walk(event) {
    if (event.key !== "Tab") return
    const stops = [this.box, ...this.box.querySelectorAll("a[href], button, input")]
    const at = stops.indexOf(this.box.getRootNode().activeElement)
    const isLeaving = event.shiftKey ? at <= 1 : at === stops.length - 1
    if (!isLeaving) return
    event.preventDefault()
    this.box.hidePopover()
  }

  refresh() {
    if (this.opener && this.draw) this.draw(this.box)
  }

  place() {
    const from = this.opener.getBoundingClientRect()
    const box = this.box.getBoundingClientRect()
    const left = Math.max(8, Math.min(from.left, document.documentElement.clientWidth - box.width - 8))
    const fits = from.bottom + 6 + box.height <= window.innerHeight
    this.box.style.left = `${left}px`
    this.box.style.top = `${fits ? from.bottom + 6 : Math.max(8, from.top - 6 - box.height)}px`
  }
}

// Fills a list of terms in place, so that a selection in it survives.
function patchFacts(list, facts) {
  while (list.children.length > facts.length * 2) list.lastElementChild.remove()
  facts.forEach(([term, value], at) => {
    const [name, text] = [list.children[at * 2] ?? list.appendChild(element("dt")), list.children[at * 2 + 1] ?? list.appendChild(element("dd"))]
    setText(name, term)
    setText(text, value)
  })
}
