// Tiles and slots of the wall: made once, patched in place ever after.

const TILES = [
  { name: "waiting", label: "Waiting" },
  { name: "longest", label: "Longest wait" },
  { name: "critical", label: "Critical" },
  { name: "open", label: "Open" },
  { name: "sentiment", label: "Avg sentiment" },
  { name: "alerts", label: "Alerts" },
  { name: "lately", label: "Abandoned, 2 h" },
]

class Tiles {
  constructor(root) {
    this.cells = new Map(TILES.map((tile) => [tile.name, this.make(root, tile)]))
  }

  make(root, { name, label }) {
    const tile = element("div", "tile")
    tile.dataset.tile = name
    const [value, note] = [element("div", "value", "–"), element("div", "note")]
    note.append(element("span", "shape"), element("span", "note-text"))
    tile.append(element("div", "label", label), value, note)
    root.append(tile)
    return { tile, value, note: note.lastChild }
  }

  // What happened lately and what alerts stand is counted for the whole floor only.
  show(sums, { figures, queues, link, standing: alerts }, nowMs) {
    const wait = waitsAt(sums.waits, nowMs)
    const standing = (name) => standingBand(name, { figures, queues, link })
    const waitingBand = WORSE_OF[Math.max(WORSE_OF.indexOf(wait.band), WORSE_OF.indexOf(standing("waiting")))]
    this.set("waiting", sums.waiting, wait.over ? `${wait.over} over target` : "", waitingBand)
    this.set("longest", wait.since == null ? "–" : shortSpan(nowMs - wait.since), wait.since == null ? "nobody waits" : BANDS[wait.band], wait.band)
    const worst = sums.critical ? "critical" : sums.at_risk ? "at_risk" : "normal"
    this.set("critical", sums.critical, `${sums.at_risk} at risk`, worst)
    this.set("open", sums.open, `${sums.with_bot} bot · ${sums.with_agent} agent`)
    const isScored = sums.sentiment != null
    this.set("sentiment", isScored ? signed(sums.sentiment) : "–", isScored ? levelOf(sums.sentiment) : "none scored", standing("live_sentiment"))
    const isWhole = !link.queues.length && !link.channels.length
    for (const name of ["lately", "alerts"]) setHidden(this.cells.get(name).tile, !isWhole)
    const worstAlert = alerts?.critical ? "critical" : alerts?.at_risk || alerts?.no_data ? "at_risk" : "normal"
    this.set("alerts", alerts?.open ?? "–", alerts?.open ? `${alerts.unseen} unseen` : alerts ? "none stands" : "", worstAlert)
    this.set("lately", figures.abandoned ?? "–", `${figures.escalated ?? "–"} escalated`)
  }

  set(name, value, note = "", band = "normal") {
    const cell = this.cells.get(name)
    setText(cell.value, String(value))
    setData(cell.value, "long", String(value).length > 5 ? "yes" : "")
    setText(cell.note, note)
    setData(cell.tile, "band", band)
  }
}

class Slots {
  constructor(root) {
    this.slots = Array.from({ length: NUM_NEEDIEST }, () => this.make(root))
  }

  make(root) {
    const slot = element("article", "slot")
    const parts = { slot, score: element("span", "score"), band: element("span", "band-word"), who: element("bdi", "who"), topic: element("bdi", "topic") }
    parts.reasons = element("div", "reasons")
    parts.state = element("span", "state")
    parts.handler = element("bdi", "handler")
    parts.place = element("div", "place")
    parts.since = element("span", "since")
    parts.level = element("span", "level")
    const band = group("band", element("span", "shape"), parts.band)
    slot.append(
      group("need", parts.score, band),
      group("whom", group("line", parts.who, parts.topic), parts.reasons),
      group("has", group("line", parts.state, parts.handler), parts.place),
      group("feel", parts.since, group("mood", element("span", "dot"), parts.level)),
    )
    root.append(slot)
    return parts
  }

  show(neediest, link, nowMs) {
    this.slots.forEach((parts, at) => {
      setHidden(parts.slot, at >= neediest.length)
      if (at < neediest.length) this.patch(parts, neediest[at], link, nowMs)
    })
  }

  patch(parts, row, link, nowMs) {
    setData(parts.slot, "band", row.band)
    setData(parts.slot, "rank", row.rank)
    setText(parts.score, String(row.need))
    setText(parts.band, BANDS[row.band])
    const hidden = row.topic || "Conversation"
    setText(parts.who, link.hides_names ? hidden : customerName(row.customer))
    setText(parts.topic, link.hides_names ? "" : row.topic)
    setText(parts.reasons, sentence(row.reasons.join(" · ")))
    setText(parts.state, STATES[row.state] ?? row.state)
    setText(parts.handler, row.state === "waiting" ? "" : row.handler)
    setText(parts.place, row.claimed_by ? `${isolated(row.claimed_by)} is on it` : [row.queue, row.channel_label].filter(Boolean).map(isolated).join(" · "))
    setData(parts.place, "claimed", row.claimed_by ? "yes" : "")
    setText(parts.since, shortSpan(nowMs - row.since_ms))
    setText(parts.level, row.level ? sentence(row.level) : "No score")
  }
}

function group(className, ...children) {
  const made = element("div", className)
  made.append(...children)
  return made
}

// As short as it can be read from afar: minutes and seconds while they count, hours later.
function shortSpan(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const pad = (number) => String(number).padStart(2, "0")
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${pad(seconds % 60)}`
  return `${Math.floor(seconds / 3600)} h ${pad(Math.floor(seconds / 60) % 60)}`
}
