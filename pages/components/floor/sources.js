// How old what is shown is: when the floor was last looked at, and the newest event of each source.

const MOST_SOURCES = 3
const LATE_WORDS = { "": "newest event", at_risk: "late, newest event", critical: "silent, newest event" }

class Sources {
  constructor(root) {
    this.asof = root.querySelector(".asof")
    this.list = root.querySelector(".sources")
  }

  tick(sources, checkedMs, nowMs) {
    setText(this.asof, checkedMs ? `As of ${clockTime(checkedMs)}, ${zoneName()}` : "")
    const aged = sources.map((source) => ({ ...source, band: bandOf(source, nowMs) }))
    aged.sort((left, right) => WORSE.indexOf(right.band || "normal") - WORSE.indexOf(left.band || "normal") || right.last_event_ms - left.last_event_ms)
    const shown = aged.slice(0, MOST_SOURCES)
    const rest = aged.length - shown.length
    const count = shown.length + (rest ? 1 : 0)
    while (this.list.childElementCount > count) this.list.lastElementChild.remove()
    while (this.list.childElementCount < count) this.list.append(makeSource())
    shown.forEach((source, at) => patchSource(this.list.children[at], source, nowMs))
    if (rest) patchRest(this.list.lastElementChild, aged.slice(MOST_SOURCES), nowMs)
  }
}

function makeSource() {
  const part = element("span", "source")
  part.append(element("span", "shape"), element("bdi", "source-name"), element("span", "age"))
  return part
}

function patchSource(part, source, nowMs) {
  const words = source.rests_until_ms == null ? LATE_WORDS[source.band] : "at rest, newest event"
  const age = `${words} ${span(nowMs - source.last_event_ms)} ago`
  setText(part.children[1], source.name)
  setText(part.children[2], age)
  setData(part, "band", source.band)
  part.dataset.since = source.last_event_ms
}

function patchRest(part, rest, nowMs) {
  setText(part.children[1], "")
  setText(part.children[2], `and ${rest.length} more`)
  setData(part, "band", "")
  part.dataset.since = ""
  part.title = rest.map(({ name, last_event_ms: ms }) => `${name}: ${span(nowMs - ms)} ago`).join("\n")
}

function bandOf(source, nowMs) {
  if (source.late_ms == null) return ""
  const ageMs = nowMs - source.silent_since_ms
  return ageMs >= source.lost_ms ? "critical" : ageMs >= source.late_ms ? "at_risk" : ""
}
