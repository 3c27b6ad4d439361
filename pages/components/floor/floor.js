// The live floor: puts stream, tiles and table together. Runs again whenever its data or the theme change.

const LATE_MS = { amber: 5 * 60 * 1000, stale: 8000 }
const SAY_EVERY_MS = 8000
// Seven levels of sentiment out of the ten colours of the theme's diverging scale.
const RANK_COLOURS = [0, 1, 2, 4, 7, 8, 9]

class Floor {
  constructor(parent) {
    this.root = parent.querySelector(".floor")
    this.rows = new Map()
    this.figures = null
    this.state = "connecting"
    this.saidMs = 0
    this.critical = null
    this.tiles = new Tiles(this.root)
    const redraw = () => this.plan()
    this.table = new Table(this.root, { onOpen: (id) => this.trigger("opened", id), onChange: redraw })
    this.stream = new Stream({
      onMessage: (message) => this.take(message),
      onState: (state) => this.setState(state),
      askForToken: () => this.trigger("renew", Date.now()),
    })
    this.timer = setInterval(() => this.tick(), 1000)
    this.root.addEventListener("pointerover", (event) => this.showExact(event.target))
  }

  use(data, trigger) {
    this.trigger = trigger
    this.data = data
    const colours = getComputedStyle(this.root).getPropertyValue("--st-chart-diverging-colors").split(",")
    RANK_COLOURS.forEach((at, rank) => this.root.style.setProperty(`--rank-${rank}`, colours[at]?.trim() ?? "currentColor"))
    this.stream.use(data.stream, data.token)
    this.plan()
  }

  take(message) {
    if (message.type === "snapshot") this.rows.clear()
    for (const key of message.removed ?? []) this.rows.delete(key)
    for (const row of message.rows ?? []) this.rows.set(row.key, row)
    if (message.tiles) this.figures = message.tiles
    if (message.checked_ms) this.checkedMs = message.checked_ms
    if (message.rows) this.checkedMs = this.stream.nowMs()
    this.plan()
  }

  setState(state) {
    if (this.state === state) return
    this.state = state
    if (state === "lost") this.lostMs = Date.now()
    this.plan()
  }

  // Changes that come within one frame are drawn once; a hidden tab draws when it is looked at again.
  plan() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null
      this.draw()
    })
  }

  draw() {
    if (!this.figures) return this.tick()
    setData(this.root, "phase", "ready")
    const shown = this.table.show(this.rows, this.data.filter, this.data.conversation_url)
    this.tiles.show(this.figures, this.stream.nowMs())
    this.count(shown)
    this.showEmpty(shown)
    this.sayCritical()
    this.tick()
  }

  count(shown) {
    const all = this.rows.size
    const text = shown === all ? `${all} open` : `${shown} of ${all} open match the filter`
    setText(this.root.querySelector(".count"), all === 0 ? "" : text + (shown > 1 ? ", neediest first" : ""))
  }

  showEmpty(shown) {
    const empty = this.root.querySelector(".empty")
    setHidden(empty, shown > 0)
    setHidden(this.root.querySelector(".table"), shown === 0)
    if (shown > 0) return
    const [title, advice] = this.emptyWords()
    setText(empty.querySelector("strong"), title)
    setText(empty.querySelector("p"), advice)
  }

  emptyWords() {
    if (this.rows.size > 0) return ["No open conversation matches this filter", `${this.rows.size} are open. Take something out of the filter above to see them.`]
    if (!this.figures.sources.length) return ["No source has sent anything yet", "Load transcripts or let a bot report to this address; the Sources page shows how, and what has arrived."]
    return ["Nothing is open right now", "Conversations appear here the moment they begin. What has ended is on the Bots page."]
  }

  sayCritical() {
    const critical = new Set([...this.rows.values()].filter((row) => row.band === "critical").map((row) => row.key))
    const fresh = this.critical ? [...critical].filter((key) => !this.critical.has(key)) : []
    if (fresh.length && Date.now() - this.saidMs < SAY_EVERY_MS) return
    this.critical = critical
    if (!fresh.length) return
    this.saidMs = Date.now()
    const { customer, reasons } = this.rows.get(fresh[0])
    const text = fresh.length === 1 ? `Critical: ${customer || "Unknown customer"}, ${reasons.join(", ")}` : `${fresh.length} more conversations are critical`
    setText(this.root.querySelector(".said"), text)
  }

  tick() {
    this.stream.check()
    const nowMs = this.stream.nowMs()
    if (this.figures) {
      this.table.tick(nowMs)
      this.tiles.tick(this.figures, nowMs)
      this.showAges(nowMs)
      if (!this.table.chip.hidden && !this.table.isHeld()) this.plan()
    }
    this.showNotice(nowMs)
  }

  showAges(nowMs) {
    const asof = this.root.querySelector(".asof")
    const sources = this.figures.sources
    while (asof.childElementCount > sources.length) asof.lastElementChild.remove()
    sources.forEach((source, at) => {
      const part = asof.children[at] ?? asof.appendChild(element("span", "source"))
      const ageMs = nowMs - source.last_event_ms
      const age = source.last_event_ms == null ? "no event yet" : `newest event ${span(ageMs)} ago`
      setText(part, `${source.name}: ${age}`)
      setData(part, "late", source.last_event_ms != null && ageMs > LATE_MS.amber ? "yes" : "")
      part.dataset.since = source.last_event_ms ?? ""
    })
  }

  showNotice(nowMs) {
    const ageMs = this.checkedMs ? nowMs - this.checkedMs : 0
    let text = ""
    // A blink of the line is not worth alarming anybody.
    if (this.state === "lost" && Date.now() - this.lostMs > 1500) {
      text = this.checkedMs ? `Connection lost, trying again. What you see is ${span(ageMs)} old.` : "No connection yet, trying again."
    } else if (this.state === "open" && ageMs > LATE_MS.stale) {
      text = `The floor is not being updated. What you see is ${span(ageMs)} old.`
    }
    const notice = this.root.querySelector(".notice")
    setHidden(notice, !text)
    setText(notice.querySelector(".notice-text"), text)
    setData(this.root, "stale", text ? "yes" : "")
  }

  showExact(target) {
    const nowMs = this.stream.nowMs()
    const clock = target.closest?.(".clock")
    const parts = clock && this.table.partsAt(clock)
    if (parts) clock.title = `${exactSpan(nowMs - parts.payload.since_ms)}, since ${clockTime(parts.payload.since_ms)}`
    const source = target.closest?.(".source")
    if (source?.dataset.since) source.title = `newest event at ${clockTime(Number(source.dataset.since))}`
  }

  close() {
    clearInterval(this.timer)
    if (this.frame) cancelAnimationFrame(this.frame)
    this.stream.close()
  }
}

const floors = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  if (!floors.has(parentElement)) floors.set(parentElement, new Floor(parentElement))
  const floor = floors.get(parentElement)
  floor.use(data, setTriggerValue)
  return () => {
    floor.close()
    floors.delete(parentElement)
  }
}
