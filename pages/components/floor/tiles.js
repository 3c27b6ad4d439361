// The figures above the table. What each means comes from the catalogue; a tile opens a card that says it.

const NOW = [
  { key: "open", label: "Open" },
  { key: "with_bot", label: "With bot" },
  { key: "with_agent", label: "With agent" },
  { key: "waiting", label: "Waiting" },
  { key: "longest_wait", label: "Longest wait" },
  { key: "live_sentiment", label: "Avg sentiment", isSigned: true },
  { key: "low_sentiment", label: "Low sentiment" },
]
const LATELY = [
  { key: "escalations", label: "Escalated" },
  { key: "resolutions", label: "Resolved" },
  { key: "abandonments", label: "Abandoned" },
]
const BAND_WORDS = { normal: "Normal", at_risk: "At risk", critical: "Critical" }
const WORSE = ["normal", "at_risk", "critical"]

class Tiles {
  constructor(root, { card }) {
    this.card = card
    this.cells = new Map()
    for (const [where, tiles] of [[".now .cells", NOW], [".lately .cells", LATELY]]) {
      for (const tile of tiles) root.querySelector(where).append(this.make(tile))
    }
  }

  // `metrics` is the catalogue: label, definition, better and limits by key.
  use(metrics, definitionsUrl) {
    this.metrics = metrics
    this.definitionsUrl = definitionsUrl
  }

  make(tile) {
    const cell = element("button", "tile")
    cell.type = "button"
    cell.dataset.tile = tile.key
    cell.setAttribute("aria-haspopup", "dialog")
    cell.setAttribute("aria-expanded", "false")
    const value = element("span", "value", "–")
    const note = element("span", "note")
    const [shape, word, change] = [element("span", "shape"), element("span", "band-word"), element("span", "change")]
    note.append(shape, word, change)
    const spark = makeSpark()
    cell.append(element("span", "label", tile.label), value, note, spark.svg)
    cell.onclick = () => this.card.toggle(cell, (box) => this.explain(tile, box))
    this.cells.set(tile.key, { cell, value, word, change, spark })
    return cell
  }

  show({ figures, trend, quarters, queues, span }, nowMs) {
    this.state = { figures, trend, quarters, queues, span }
    this.window = countWindow(span, figures, quarters, nowMs)
    this.set("open", String(figures.open), { change: figures.wrap_up ? `${figures.wrap_up} wrap-up` : "" })
    for (const key of ["with_bot", "with_agent"]) this.set(key, String(figures[key]))
    this.set("waiting", String(figures.waiting), { band: figures.bands.waiting })
    this.set("live_sentiment", figures.num_scored ? signed(figures.sentiment) : "–", { band: figures.bands.live_sentiment })
    this.set("low_sentiment", String(figures.num_low), { band: figures.bands.low_sentiment })
    for (const { key } of LATELY) this.setLately(key)
    for (const { key, isSigned } of [...NOW, ...LATELY]) drawSpark(this.cells.get(key).spark, this.line(key), { isSigned })
    this.tick(figures, nowMs)
    this.card.refresh()
  }

  tick(figures, nowMs) {
    const since = figures.longest_wait_since_ms
    this.set("longest_wait", since == null ? "–" : span(nowMs - since), { band: figures.bands.longest_wait })
  }

  setLately(key) {
    const [count, before, whole] = this.window?.counts[key] ?? [null, null]
    const change = before == null ? null : (whole ?? count) - before
    const better = this.metrics?.[key]?.better
    const isGood = better === "higher" ? change > 0 : change < 0
    const tone = !change || better === "neither" ? "" : isGood ? "good" : "bad"
    this.set(key, count == null ? "–" : String(count), { band: this.bandLately(key, count), change: changeText(change), tone })
  }

  // By how many an hour there are, so that one pair of limits serves every window.
  bandLately(key, count) {
    const limits = this.metrics?.[key]?.limits
    if (!limits || count == null) return null
    const rate = count / this.window.hours
    return rate >= limits[1] ? "critical" : rate >= limits[0] ? "at_risk" : "normal"
  }

  // A band is worded also where it is normal, so that a tile that has limits can be told from one that has none.
  set(key, text, { band = null, change = "", tone = "" } = {}) {
    const parts = this.cells.get(key)
    setText(parts.value, text)
    setText(parts.word, band ? BAND_WORDS[band] : "")
    setText(parts.change, change)
    setData(parts.change, "tone", tone)
    setData(parts.cell, "band", band ?? "")
  }

  line(key) {
    const { trend, figures } = this.state
    const past = trend?.values[key] ?? []
    return key in KIND_PLACE ? past : [...past, standing(key, figures, trend)]
  }

  explain(tile, box) {
    const metric = this.metrics?.[tile.key] ?? { label: tile.label, definition: "" }
    if (!box.children.length) this.makeCard(tile, box)
    const [title, definition, spark, legend, facts] = box.children
    setText(title, metric.label)
    setText(definition, metric.definition)
    drawSpark(this.large, this.line(tile.key), tile)
    setText(legend, this.legend(tile))
    patchFacts(facts, this.facts(tile, metric))
  }

  makeCard(tile, box) {
    this.large = makeSpark("spark large", { width: 300, height: 56 })
    const link = element("a", "to-definition", "All definitions")
    link.href = `${this.definitionsUrl}?metric=${encodeURIComponent(tile.key)}`
    box.setAttribute("aria-label", `What “${tile.label}” means`)
    box.append(element("h3"), element("p"), this.large.svg, element("p", "legend"), element("dl"), link)
  }

  legend(tile) {
    const values = this.line(tile.key).filter((value) => value != null)
    if (!values.length) return "No value in the last 2 hours."
    const say = (value) => (tile.isSigned ? signed(value) : tile.key === "longest_wait" ? span(value * 1000) : String(value))
    const each = tile.key in KIND_PLACE ? " in five minutes" : ""
    return `Last 2 hours: lowest ${say(Math.min(...values))}, highest ${say(Math.max(...values))}${each}.`
  }

  facts(tile, metric) {
    const { figures, span: chosen } = this.state
    const facts = []
    if (metric.limits) facts.push(["Limits", limitsText(tile, metric.limits)])
    if (tile.key === "waiting" && figures.waiting) facts.push(["Over target", String(figures.num_over_target)])
    if (tile.isSigned || tile.key === "low_sentiment") facts.push(["Rests on", `${figures.num_scored} of ${figures.open} open conversations`])
    if (tile.isSigned && figures.level) facts.push(["Level", sentence(figures.level)])
    if (tile.key === "low_sentiment") facts.push(["Threshold", `${signed(figures.threshold)}, unless a queue has its own`])
    const counted = this.window?.counts[tile.key]
    const before = WINDOWS.find(({ name }) => name === chosen.window)?.before
    if (counted?.[1] != null) facts.push(["Before", `${counted[1]} in ${before}${counted.length > 2 ? ", up to the last full quarter of an hour" : ""}`])
    return [...facts, ...this.worstQueues(tile.key)]
  }

  worstQueues(key) {
    const worse = [...this.state.queues.values()].filter((queue) => (queue.bands[key] ?? "normal") !== "normal")
    worse.sort((left, right) => WORSE.indexOf(right.bands[key]) - WORSE.indexOf(left.bands[key]))
    return worse.slice(0, 5).map((queue) => [queue.name || "No queue", BAND_WORDS[queue.bands[key]]])
  }
}

const KIND_PLACE = Object.fromEntries(LATELY.map(({ key }, at) => [key, at]))

function changeText(change) {
  if (change == null) return ""
  if (change === 0) return "as before"
  return change > 0 ? `▲ ${change} more` : `▼ ${-change} fewer`
}

function limitsText(tile, [atRisk, critical]) {
  if (tile.isSigned) return `at risk from ${signed(atRisk)} down, critical from ${signed(critical)} down`
  const where = tile.key in KIND_PLACE ? " an hour" : " in one queue"
  return `at risk from ${atRisk}, critical from ${critical}${where}`
}

function standing(key, figures, trend) {
  if (key === "longest_wait") return figures.longest_wait_since_ms == null ? null : Math.max(0, ((trend?.end_ms ?? 0) - figures.longest_wait_since_ms) / 1000)
  return { live_sentiment: figures.sentiment, low_sentiment: figures.num_low }[key] ?? figures[key] ?? null
}
