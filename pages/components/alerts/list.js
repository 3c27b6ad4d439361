// The alerts that stand, in the panel below the bell: each made once and patched in place.

const WORST_FIRST = { critical: 0, at_risk: 1, normal: 2 }

class AlertList {
  // `detailsOf` and `onDetails`: where all of an alert is to be seen; without them there is no such link.
  constructor(root, { onOpen, onAcknowledge, urlOf, detailsOf, onDetails }) {
    this.root = root
    this.onOpen = onOpen
    this.detailsOf = detailsOf
    this.onDetails = onDetails
    this.onAcknowledge = onAcknowledge
    this.urlOf = urlOf
    this.items = new Map()
  }

  show(alerts) {
    const order = [...alerts].sort(byUrgency)
    for (const [key, parts] of this.items) {
      if (alerts.some((alert) => alert.key === key)) continue
      parts.item.remove()
      this.items.delete(key)
    }
    order.forEach((alert, at) => {
      const parts = this.items.get(alert.key) ?? this.make(alert)
      this.patch(parts, alert)
      if (this.root.children[at] !== parts.item) this.root.insertBefore(parts.item, this.root.children[at] ?? null)
    })
  }

  make(alert) {
    const item = element("li", "item")
    const parts = { item, word: element("span", "word"), rule: element("bdi", "rule"), since: element("span", "since") }
    const head = element("div", "item-head")
    head.append(element("span", "shape"), parts.word, parts.rule, parts.since)
    parts.subject = subjectOf(alert, this.urlOf, this.onOpen)
    parts.reason = element("div", "reason")
    parts.by = element("span", "by")
    parts.button = element("button", "acknowledge", "Acknowledge")
    parts.button.type = "button"
    parts.button.onclick = () => {
      parts.button.disabled = true
      this.onAcknowledge(parts.alert)
    }
    item.append(head, parts.subject, parts.reason, parts.by, parts.button)
    if (this.detailsOf) item.append(this.makeDetails(parts, alert))
    this.items.set(alert.key, parts)
    return parts
  }

  makeDetails(parts, alert) {
    const link = element("a", "details", "Details")
    link.href = this.detailsOf(alert)
    link.onclick = (event) => {
      if (isForNewTab(event)) return
      event.preventDefault()
      this.onDetails(parts.alert)
    }
    return link
  }

  patch(parts, alert) {
    if (parts.alert?.state !== alert.state) parts.button.disabled = false
    parts.alert = alert
    const isSeen = isAcknowledged(alert)
    setData(parts.item, "band", alert.band)
    setData(parts.item, "seen", isSeen ? "yes" : "")
    setText(parts.word, alert.state === "no_data" ? "No data" : BANDS[alert.band] || "Normal again")
    setText(parts.rule, alert.rule)
    setText(parts.reason, sentence(alert.reason))
    setText(parts.by, isSeen ? `Acknowledged by ${alert.acknowledged_by || "somebody"}` : "")
    setHidden(parts.by, !isSeen)
    setHidden(parts.button, isSeen)
  }

  tick(nowMs) {
    for (const { since, alert } of this.items.values()) {
      setText(since, span(nowMs - alert.since_ms))
      const exact = `since ${clockTime(alert.since_ms)}`
      if (since.title !== exact) since.title = exact
    }
  }
}

function isAcknowledged(alert) {
  return alert.state === "acknowledged"
}

function byUrgency(left, right) {
  return (
    isAcknowledged(left) - isAcknowledged(right) ||
    (WORST_FIRST[left.band] ?? 3) - (WORST_FIRST[right.band] ?? 3) ||
    right.fired_ms - left.fired_ms ||
    right.alert_id - left.alert_id
  )
}
