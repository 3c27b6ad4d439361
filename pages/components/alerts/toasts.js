// A word at the edge of the page when something fires or gets worse. It takes no focus, and goes by itself. More than a few at once
// are gathered in one that counts them.

const TOAST_MS = { critical: 12000, other: 6000 }
// On a phone one covers enough.
const MOST_TOASTS = () => (innerWidth < 640 ? 1 : 2)
const GATHERED = "gathered"

class Toasts {
  constructor(root, { onOpen, onAcknowledge, onList, urlOf }) {
    this.root = root
    this.onOpen = onOpen
    this.onAcknowledge = onAcknowledge
    this.onList = onList
    this.urlOf = urlOf
    this.shown = new Map()
  }

  // `listUrl`: where all alerts are; `isQuiet`: the page shows them anyway.
  use({ listUrl, isQuiet }) {
    this.listUrl = listUrl
    this.isQuiet = isQuiet
    if (isQuiet) this.keepOnly(() => false)
  }

  show(alert) {
    if (this.isQuiet) return
    const gathered = this.shown.get(GATHERED)
    const others = [...this.shown.values()].flatMap((entry) => entry.alerts).filter((other) => other.key !== alert.key)
    if (!gathered && others.length < MOST_TOASTS()) {
      this.drop(alert.key)
      this.put(alert.key, this.makeOne(alert), [alert])
      return
    }
    this.gather([...others, alert])
  }

  gather(alerts) {
    const gathered = this.shown.get(GATHERED)
    for (const key of [...this.shown.keys()]) if (key !== GATHERED) this.drop(key)
    if (!gathered) this.put(GATHERED, this.makeGathered(), alerts)
    this.count(this.shown.get(GATHERED), alerts)
  }

  put(key, toast, alerts) {
    this.root.append(toast)
    this.shown.set(key, { toast, alerts, leftMs: TOAST_MS[alerts[0].band] ?? TOAST_MS.other })
  }

  // How many there are, and how bad the worst: said as long as that may be read.
  count(entry, alerts) {
    const worst = alerts.some((alert) => alert.band === "critical") ? "critical" : "at_risk"
    if (alerts.length > entry.alerts.length) entry.leftMs = TOAST_MS[worst] ?? TOAST_MS.other
    entry.alerts = alerts
    setData(entry.toast, "band", worst)
    setText(entry.toast.querySelector(".rule"), alerts.length === 1 ? "1 new alert" : `${alerts.length} new alerts`)
    const numCritical = alerts.filter((alert) => alert.band === "critical").length
    setText(entry.toast.querySelector(".reason"), numCritical ? `${numCritical} of them critical` : "All of them at risk")
  }

  makeOne(alert) {
    const toast = this.makeToast(alert.key, alert.rule, BANDS[alert.band] || "Alert")
    toast.dataset.band = alert.band
    toast.append(subjectOf(alert, this.urlOf, this.onOpen), element("div", "reason", reasonOf(alert)))
    const acknowledge = element("button", "acknowledge", "Acknowledge")
    acknowledge.type = "button"
    acknowledge.onclick = () => {
      this.onAcknowledge(alert)
      this.drop(alert.key)
    }
    toast.append(acknowledge)
    return toast
  }

  makeGathered() {
    const toast = this.makeToast(GATHERED, "", "")
    const link = element("a", "all", "Show all alerts")
    link.href = this.listUrl
    link.onclick = (event) => {
      if (isForNewTab(event)) return
      event.preventDefault()
      this.drop(GATHERED)
      this.onList()
    }
    toast.append(element("div", "reason"), link)
    return toast
  }

  makeToast(key, title, word) {
    const toast = element("div", "toast")
    const head = element("div", "toast-head")
    const close = element("button", "close", "×")
    close.type = "button"
    close.setAttribute("aria-label", "Dismiss")
    close.onclick = () => this.drop(key)
    head.append(element("span", "shape"), ...(word ? [element("span", "word", word)] : []), element("bdi", "rule", title), close)
    toast.append(head)
    return toast
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
    for (const [key, entry] of [...this.shown]) {
      const left = entry.alerts.filter((alert) => isStanding(alert.key))
      if (!left.length) this.drop(key)
      else if (left.length < entry.alerts.length) this.count(entry, left)
    }
  }

  drop(key) {
    this.shown.get(key)?.toast.remove()
    this.shown.delete(key)
  }
}
