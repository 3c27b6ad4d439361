// The live floor: puts stream, tiles, queues and table together. Runs again whenever its data or the theme change.

const SAY_EVERY_MS = 8000
const NARROW_PX = 640 // as in the style sheet

class Floor {
  constructor(parent) {
    this.root = parent.querySelector(".floor")
    this.rows = new Map()
    this.ranking = new Ranking()
    this.queues = new Map()
    this.figures = null
    this.state = "connecting"
    this.fresh = new Set()
    this.saidMs = 0
    this.memory = new Memory()
    this.welcome = new Welcome(this.root, this.memory)
    this.card = new Card(this.root)
    this.tiles = new Tiles(this.root, { card: this.card })
    this.windows = new WindowChoice(this.root, { onChoose: (span) => this.chooseWindow(span) })
    this.sources = new Sources(this.root)
    const onFilter = (filter) => this.choose(filter)
    this.strip = new Queues(this.root, { card: this.card, onFilter, memory: this.memory })
    this.strip.nowMs = () => this.stream.nowMs()
    const redraw = () => this.plan()
    const readLines = (link) => this.readLines(link)
    this.table = new Table(this.root, { onOpen: (id) => this.trigger("opened", id), onChange: redraw, readLines })
    this.stream = new Stream({
      onMessage: (message) => this.take(message),
      onState: (state) => this.setState(state),
      askForToken: () => this.trigger("renew", Date.now()),
    })
    this.root.querySelector(".clear").onclick = () => this.clear()
    this.root.querySelector(".empty button").onclick = () => this.actOnEmpty()
    this.sizes = new ResizeObserver(() => this.sayWidth())
    this.sizes.observe(this.root)
    this.timer = setInterval(() => this.tick(), 1000)
    this.root.addEventListener("pointerover", (event) => this.showExact(event.target))
  }

  use(data, trigger) {
    this.trigger = trigger
    const before = this.data
    this.data = data
    this.span = data.span
    setRankColours(this.root, getComputedStyle(this.root).getPropertyValue("--st-chart-diverging-colors"))
    this.tiles.use(data.metrics, data.definitions_url)
    this.windows.show(this.span)
    if (JSON.stringify(before?.filter) !== JSON.stringify(data.filter)) {
      this.ranking.reset(this.rows, data.filter)
      this.isAnew = true
    }
    this.remember(before)
    this.sayWidth()
    this.stream.use(data.stream, data.token, data.ask)
    this.plan()
  }

  // The style sheet asks for itself; the filters above are not ours, and have to be told. Once for each width, whatever comes of it.
  sayWidth() {
    const isNarrow = this.root.clientWidth <= NARROW_PX
    if (!this.data || !this.root.clientWidth || isNarrow === (this.saidNarrow ?? this.data.is_narrow)) return
    this.saidNarrow = isNarrow
    this.trigger("sized", { is_narrow: isNarrow })
  }

  // What is chosen on this page is kept for the next visit; what a link chose is not, until it is changed here.
  remember(before) {
    const { chosen } = this.data
    if (!before) {
      const last = this.memory.lastFilters()
      if (last && JSON.stringify(last) !== JSON.stringify(chosen)) this.trigger("chosen", { ...last, is_whole: true })
    } else if (JSON.stringify(before.chosen) !== JSON.stringify(chosen)) {
      this.memory.keep("filters", chosen)
    }
  }

  choose(filter) {
    this.trigger("chosen", filter)
  }

  chooseWindow(span) {
    this.span = { ...this.span, ...span } // shown at once; the script then says the same
    this.windows.show(this.span)
    this.plan()
    this.choose(this.span)
  }

  clear() {
    this.choose({ is_whole: true, window: this.span.window, shift: this.span.shift })
  }

  actOnEmpty() {
    if (this.emptyKind === "filter") this.clear()
    else this.trigger("sources", Date.now())
  }

  async readLines(link) {
    const url = new URL(this.data.lines, document.baseURI)
    url.searchParams.set("conversation", link)
    const answer = await fetch(url, { headers: { Authorization: `Bearer ${this.data.token}` }, cache: "no-store" })
    if (answer.status === 401 || answer.status === 403) this.trigger("renew", Date.now())
    if (!answer.ok) throw new Error(`answered ${answer.status}`)
    return (await answer.json()).lines
  }

  take(message) {
    if (message.type === "snapshot") this.begin()
    for (const key of message.removed ?? []) this.put(key, undefined)
    for (const row of message.rows ?? []) this.put(row.key, row, message.type === "snapshot")
    if (message.type === "snapshot") this.ranking.reset(this.rows, this.data.filter)
    if (message.tiles) this.figures = message.tiles
    for (const [name, part] of Object.entries(message.parts ?? {})) this.takePart(name, part)
    if (message.checked_ms) this.checkedMs = message.checked_ms
    else if (message.rows) this.checkedMs = this.stream.nowMs()
    this.plan()
  }

  begin() {
    this.rows.clear()
    this.queues.clear()
  }

  put(key, row, isSnapshot = false) {
    const wasCritical = this.rows.get(key)?.band === "critical"
    if (row) this.rows.set(key, row)
    else this.rows.delete(key)
    if (isSnapshot) return
    this.ranking.put(key, row, this.data.filter)
    if (row?.band === "critical" && !wasCritical) this.fresh.add(key)
    else if (row?.band !== "critical") this.fresh.delete(key)
  }

  takePart(name, part) {
    if (name === "trend") this.trend = part
    else if (name === "quarters") this.quarters = part
    else if (name.startsWith("queue:")) part ? this.queues.set(name, part) : this.queues.delete(name)
  }

  setState(state) {
    if (this.state === state) return
    if (state === "lost" && this.state !== "asking") this.lostMs = Date.now()
    this.state = state
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
    const nowMs = this.stream.nowMs()
    this.table.show(this.rows, this.ranking, this.data.conversation_url, { anew: this.isAnew })
    this.isAnew = false
    this.tiles.show({ figures: this.figures, trend: this.trend, quarters: this.quarters, queues: this.queues, span: this.span }, nowMs)
    this.strip.show(this.queues, this.data.filter, nowMs)
    this.count()
    this.showEmpty()
    this.sayCritical()
    this.tick()
  }

  count() {
    const [all, shown] = [this.rows.size, this.ranking.size]
    const hidden = all - shown
    const order = shown > 1 ? ", neediest first" : ""
    const text = hidden ? `${shown} of ${all} open${order} · ${hidden} hidden by filters` : `${all} open${order}`
    setText(this.root.querySelector(".count"), all === 0 ? "" : text)
    setHidden(this.root.querySelector(".clear"), !isNarrow(this.data.filter))
  }

  showEmpty() {
    const isEmpty = this.ranking.size === 0 && this.table.order.length === 0
    const empty = this.root.querySelector(".empty")
    setHidden(empty, !isEmpty)
    setHidden(this.table.table, isEmpty)
    if (!isEmpty) return
    const words = emptyWords({ numOpen: this.rows.size, sources: this.figures.sources, isFilling: this.figures.is_filling })
    this.emptyKind = words.kind
    setText(empty.querySelector("strong"), words.title)
    setText(empty.querySelector("p"), words.advice)
    setText(empty.querySelector("button"), words.action)
  }

  sayCritical() {
    const fresh = [...this.fresh].filter((key) => this.rows.has(key))
    if (!fresh.length || Date.now() - this.saidMs < SAY_EVERY_MS) return
    this.fresh.clear()
    this.saidMs = Date.now()
    const { customer, reasons } = this.rows.get(fresh[0])
    const text = fresh.length === 1 ? `Critical: ${customerName(customer)}, ${reasons.join(", ")}` : `${fresh.length} more conversations are critical`
    setText(this.root.querySelector(".critical-said"), text)
  }

  tick() {
    this.stream.check()
    const nowMs = this.stream.nowMs()
    if (this.figures) {
      this.table.tick(nowMs)
      this.tiles.tick(this.figures, nowMs)
      this.strip.tick(nowMs)
      this.sources.tick(this.figures.sources, this.checkedMs, nowMs)
      if (!this.table.chip.hidden && !this.table.isHeld()) this.plan()
    }
    this.showNotice(nowMs)
  }

  showNotice(nowMs) {
    const ageMs = this.checkedMs ? nowMs - this.checkedMs : 0
    const words = connectionWords({ state: this.state, lostForMs: Date.now() - (this.lostMs ?? 0), ageMs, checkedMs: this.checkedMs })
    const notice = this.root.querySelector(".notice")
    setHidden(notice, !words)
    setText(notice.querySelector(".notice-text"), words?.text ?? "")
    setData(notice, "band", words?.band ?? "")
    setData(this.root, "stale", words && !words.isFresh ? "yes" : "")
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
    this.sizes.disconnect()
    if (this.frame) cancelAnimationFrame(this.frame)
    this.table.close()
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
