// The windows that happenings are counted in, by the viewer's own clock and zone.

const QUARTER_MS = 15 * 60 * 1000
const DAY_MS = 24 * 60 * 60 * 1000
const KINDS = ["escalations", "resolutions", "abandonments"]
const WINDOWS = [
  { name: "15", label: "15 min", before: "the 15 min before" },
  { name: "120", label: "2 h", before: "the 2 h before" },
  { name: "today", label: "Today", before: "the same hours yesterday" },
  { name: "shift", label: "Shift", before: "the same hours a day before" },
]

// Where a window begins. A shift that begins later than now began yesterday.
function beginOf(span, nowMs) {
  const at = new Date(nowMs)
  if (span.window === "today") return at.setHours(0, 0, 0, 0)
  const [hours, minutes] = span.shift.split(":").map(Number)
  at.setHours(hours, minutes, 0, 0)
  if (at.getTime() > nowMs) at.setDate(at.getDate() - 1)
  return at.getTime()
}

// By kind: how many in the window, and how many in the one before it (null: cannot be compared yet, as not all of it is known).
function countWindow(span, figures, quarters, nowMs) {
  const isKnown = (ms) => figures.known_since_ms != null && figures.known_since_ms <= ms
  const rolling = figures.windows?.[span.window]
  if (rolling) {
    const minutes = Number(span.window)
    // Where nothing at all happened before, as on the morning after old transcripts were loaded, nothing is compared with it.
    const hasBefore = isKnown(nowMs - 2 * minutes * 60 * 1000) && KINDS.some((kind) => rolling[kind][1] > 0)
    const counts = Object.fromEntries(KINDS.map((kind) => [kind, [rolling[kind][0], hasBefore ? rolling[kind][1] : null]]))
    return { counts, hours: minutes / 60 }
  }
  if (!quarters) return null
  const beginMs = beginOf(span, nowMs)
  const endMs = quarters.first_ms + quarters.counts.escalations.length * quarters.step_ms
  const sum = (kind, startMs, stopMs) => {
    const [from, to] = [startMs, stopMs].map((ms) => Math.max(0, Math.round((ms - quarters.first_ms) / quarters.step_ms)))
    return quarters.counts[kind].slice(from, to).reduce((total, count) => total + count, 0)
  }
  const sumBefore = (kind) => sum(kind, beginMs - DAY_MS, endMs - DAY_MS)
  const hasBefore = endMs > beginMs && isKnown(beginMs - DAY_MS) && KINDS.some((kind) => sumBefore(kind) > 0)
  const counts = Object.fromEntries(KINDS.map((kind) => {
    const whole = sum(kind, beginMs, endMs)
    const before = hasBefore ? sumBefore(kind) : null
    return [kind, [whole + figures.this_quarter[kind], before, whole]]
  }))
  return { counts, hours: Math.max((nowMs - beginMs) / (60 * 60 * 1000), 0.25) }
}

// The control above the tiles: a choice that is part of the address.
class WindowChoice {
  constructor(root, { onChoose }) {
    this.onChoose = onChoose
    this.group = root.querySelector(".windows")
    this.buttons = WINDOWS.map(({ name, label }) => {
      const button = element("button", "window", label)
      button.type = "button"
      button.dataset.window = name
      button.onclick = () => onChoose({ window: name })
      return button
    })
    this.since = element("span", "since")
    // Not an input of type time: browsers show that by a clock of their own choice, of 12 hours or of 24.
    this.time = element("select")
    for (let quarter = 0; quarter < 96; quarter += 1) this.time.append(element("option", "", timeOfQuarter(quarter)))
    this.time.setAttribute("aria-label", "My shift began at")
    this.time.title = "My shift began at"
    this.time.onchange = () => onChoose({ window: "shift", shift: this.time.value })
    this.since.append(this.time)
    this.group.append(...this.buttons, this.since)
  }

  show(span) {
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(button.dataset.window === span.window))
    setHidden(this.since, span.window !== "shift")
    if (this.time.value !== span.shift && this.time.getRootNode().activeElement !== this.time) this.time.value = span.shift
  }
}

function timeOfQuarter(quarter) {
  return [Math.floor(quarter / 4), (quarter % 4) * 15].map((part) => String(part).padStart(2, "0")).join(":")
}
