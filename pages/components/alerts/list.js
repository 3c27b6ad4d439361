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
    this.wishes = new Map()
  }

  // Acknowledge, from here or from elsewhere on the page.
  acknowledge(alert) {
    this.wishes.set(alert.key, new Wish(() => this.onAcknowledge(alert)))
    const parts = this.items.get(alert.key)
    if (parts) this.patch(parts, parts.alert)
  }

  show(alerts) {
    const order = [...alerts].sort(byUrgency)
    for (const [key, parts] of this.items) {
      if (alerts.some((alert) => alert.key === key)) continue
      parts.item.remove()
      this.items.delete(key)
      this.wishes.delete(key)
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
    parts.by.setAttribute("role", "status")
    parts.button = element("button", "acknowledge", "Acknowledge")
    parts.button.type = "button"
    parts.button.onclick = () => this.acknowledge(parts.alert)
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
    parts.alert = alert
    const isSeen = isAcknowledged(alert)
    if (isSeen) this.wishes.delete(alert.key)
    if (isSeen) parts.problem = ""
    parts.button.disabled = this.wishes.has(alert.key)
    setData(parts.item, "band", alert.band)
    setData(parts.item, "seen", isSeen ? "yes" : "")
    setText(parts.word, alert.state === "no_data" ? "No data" : BANDS[alert.band] || "Normal again")
    setText(parts.rule, alert.rule)
    setText(parts.reason, reasonOf(alert))
    const said = isSeen ? `Acknowledged by ${alert.acknowledged_by || "somebody"}` : (parts.problem ?? "")
    setText(parts.by, said)
    setHidden(parts.by, !said)
    setHidden(parts.button, isSeen)
  }

  tick(nowMs) {
    for (const [key, wish] of this.wishes) this.follow(key, wish)
    for (const { since, alert } of this.items.values()) {
      setText(since, span(nowMs - begunMs(alert)))
      const exact = `since ${clockTime(begunMs(alert))}`
      if (since.title !== exact) since.title = exact
    }
  }

  follow(key, wish) {
    const hasHope = wish.tick()
    if (!hasHope) this.wishes.delete(key)
    const parts = this.items.get(key)
    if (!parts) return
    parts.problem = hasHope ? (wish.isLate() ? "Not heard yet, trying again …" : "") : "That did not go through. Try again."
    this.patch(parts, parts.alert)
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
