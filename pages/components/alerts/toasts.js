// A word at the edge of the page when something fires or gets worse. It takes no focus, and goes by itself.

const TOAST_MS = { critical: 12000, other: 6000 }
// On a phone one covers enough.
const MOST_TOASTS = () => (innerWidth < 640 ? 1 : 3)

class Toasts {
  constructor(root, { onOpen, onAcknowledge, urlOf }) {
    this.root = root
    this.onOpen = onOpen
    this.onAcknowledge = onAcknowledge
    this.urlOf = urlOf
    this.shown = new Map()
  }

  show(alert) {
    this.drop(alert.key)
    while (this.shown.size >= MOST_TOASTS()) this.drop(this.shown.keys().next().value)
    const toast = element("div", "toast")
    toast.dataset.band = alert.band
    const head = element("div", "toast-head")
    const close = element("button", "close", "×")
    close.type = "button"
    close.setAttribute("aria-label", "Dismiss")
    close.onclick = () => this.drop(alert.key)
    head.append(element("span", "shape"), element("span", "word", BANDS[alert.band] || "Alert"), element("bdi", "rule", alert.rule), close)
    toast.append(head, subjectOf(alert, this.urlOf, this.onOpen), element("div", "reason", sentence(alert.reason)))
    const acknowledge = element("button", "acknowledge", "Acknowledge")
    acknowledge.type = "button"
    acknowledge.onclick = () => {
      this.onAcknowledge(alert)
      this.drop(alert.key)
    }
    toast.append(acknowledge)
    this.root.append(toast)
    this.shown.set(alert.key, { toast, leftMs: TOAST_MS[alert.band] ?? TOAST_MS.other })
  }

  // Time goes on only while somebody could read it, and nobody is about to use it.
  tick(passedMs) {
    if (document.visibilityState !== "visible") return
    for (const [key, entry] of this.shown) {
      if (entry.toast.matches(":hover, :focus-within")) continue
      entry.leftMs -= passedMs
      if (entry.leftMs <= 0) this.drop(key)
    }
  }

  // What is over, or has been seen to, needs no word any more.
  keepOnly(isStanding) {
    for (const key of [...this.shown.keys()]) if (!isStanding(key)) this.drop(key)
  }

  drop(key) {
    this.shown.get(key)?.toast.remove()
    this.shown.delete(key)
  }
}
