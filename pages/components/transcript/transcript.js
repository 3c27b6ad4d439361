// The conversation: puts stream, head and lines together. Runs again whenever its data or the theme change.

const BOTTOM_PX = 32
const STALE_MS = 8000
// What stands beside the transcript is asked for anew this long after a change, however many come.
const BESIDE_MS = 700

class Transcript {
  constructor(parent) {
    this.root = parent.querySelector(".talk")
    this.scroll = this.root.querySelector(".scroll")
    this.fresh = this.root.querySelector(".fresh")
    this.unfolded = new Set()
    this.lines = new LineWindow(this.scroll, this.root.querySelector(".lines"), (row) => makeLine(row, this.frame(), this.unfolded))
    this.numFresh = 0
    this.state = "connecting"
    this.head = new Head(this.root, {
      onJump: () => this.jump(this.facts?.deciding),
      onWish: (what) => this.trigger("wish", { what, at: Date.now() }),
    })
    this.stream = new Stream({
      onMessage: (message) => this.take(message),
      onState: (state) => this.setState(state),
      askForToken: () => this.trigger("renew", Date.now()),
    })
    this.listen()
    this.timer = setInterval(() => this.tick(), 1000)
  }

  listen() {
    const on = (name, act) => (this.root.querySelector(name).onclick = act)
    on(".to-handoff", () => this.jump(this.facts?.handoff))
    on(".to-start", () => this.lines.toStart())
    on(".to-end", () => this.toBottom())
    on(".fresh", () => this.toBottom())
    this.root.querySelector(".all").onchange = (event) => this.lines.showAll(event.target.checked)
    this.scroll.onscroll = () => {
      this.lines.follow()
      if (this.isAtBottom()) this.read()
    }
    this.scroll.onkeydown = (event) => {
      const go = { Home: () => this.lines.toStart(), End: () => this.toBottom() }[event.key]
      if (!go || event.target !== this.scroll) return
      event.preventDefault()
      go()
    }
  }

  // What the times of lines are told by.
  frame() {
    const { started_ms: startedMs = 0, is_voice: isVoice = false } = this.facts ?? {}
    return { startedMs, isVoice, dayOfStart: startedMs ? dayOf(startedMs) : "" }
  }

  use(data, trigger) {
    this.trigger = trigger
    setRankColours(this.root, getComputedStyle(this.root).getPropertyValue("--st-chart-diverging-colors"))
    this.head.care.use(data)
    this.stream.use(data.stream, data.token, data.ask)
  }

  take(message) {
    if (message.checked_ms) this.checkedMs = message.checked_ms
    if (!message.rows) return this.tick()
    this.checkedMs = this.stream.nowMs()
    const isFirst = this.root.dataset.phase === "loading"
    const wasAtBottom = this.isAtBottom()
    if ("tiles" in message) this.facts = message.tiles
    if (message.type === "snapshot") message.removed = this.keysNotIn(message.rows)
    this.reckon()
    const numNew = this.lines.patch(message)
    if (!isFirst) this.lines.keepingPlace(() => this.lines.render())
    this.draw()
    if (isFirst) this.begin()
    else if (wasAtBottom) this.toBottom()
    else if (numNew) this.showFresh(numNew)
    // Who watches, and need as it grows, are in the head alone; what stands beside knows neither.
    if (!isFirst && (message.rows.length || message.removed.length)) this.askBeside()
  }

  // A message that comes late, and before all others, moves the beginning that times are told by.
  reckon() {
    const told = JSON.stringify(this.frame())
    if (this.told !== told) this.lines.forget()
    this.told = told
  }

  keysNotIn(rows) {
    const there = new Set(rows.map((row) => row.key))
    return [...this.lines.rows.keys()].filter((key) => !there.has(key))
  }

  draw() {
    setData(this.root, "phase", "ready")
    const nothing = this.root.querySelector(".nothing")
    setHidden(nothing, Boolean(this.facts))
    setText(nothing, "This conversation is not in the database that is shown now.")
    if (this.facts) this.head.show(this.facts, this.stream.nowMs())
    const rows = [...this.lines.rows.values()]
    const numMessages = rows.filter((row) => row.shape === "message").length
    const numHidden = rows.filter((row) => row.hidden).length
    setText(this.root.querySelector(".count"), numMessages === 1 ? "1 message" : `${grouped(numMessages)} messages`)
    setText(this.root.querySelector(".zone"), `Times of ${zoneName()}`)
    setHidden(this.root.querySelector(".to-handoff"), !this.facts?.handoff)
    setHidden(this.root.querySelector(".more"), numHidden === 0)
    setText(this.root.querySelector(".all-text"), `Show all activities (${numHidden} more)`)
    const leftOut = this.root.querySelector(".left-out")
    const numLeftOut = this.facts?.num_left_out ?? 0
    setHidden(leftOut, numLeftOut === 0)
    setText(leftOut, `${grouped(numLeftOut)} earlier lines are left out here; the export of messages has all of them.`)
    this.tick()
  }

  // What is going on is read from its end, what is over from its beginning.
  begin() {
    if (this.facts && this.facts.ended_ms == null) this.toBottom()
    else this.lines.toStart()
  }

  isAtBottom() {
    return this.lines.isAtEnd && this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < BOTTOM_PX
  }

  toBottom() {
    this.lines.toEnd()
    this.read()
  }

  showFresh(numNew) {
    this.numFresh += numNew
    setText(this.fresh, this.numFresh === 1 ? "1 new message" : `${this.numFresh} new messages`)
    setHidden(this.fresh, false)
  }

  read() {
    this.numFresh = 0
    setHidden(this.fresh, true)
  }

  jump(key) {
    const node = key && this.lines.show(key)
    if (!node) return
    node.classList.remove("found")
    void node.offsetWidth // begins the animation anew
    node.classList.add("found")
  }

  askBeside() {
    this.asking ??= setTimeout(() => {
      this.asking = null
      this.trigger("moved", Date.now())
    }, BESIDE_MS)
  }

  setState(state) {
    if (this.state === state) return
    if (state === "lost" && this.state !== "asking") this.lostMs = Date.now()
    this.state = state
    this.tick()
  }

  tick() {
    this.stream.check()
    const nowMs = this.stream.nowMs()
    this.head.tick(nowMs)
    const ageMs = this.checkedMs ? nowMs - this.checkedMs : 0
    let [text, isFresh] = ["", false]
    // A blink of the line is not worth alarming anybody.
    if (this.state === "lost" && Date.now() - this.lostMs > 1500) {
      text = this.checkedMs ? `Connection lost, trying again. What you see is ${span(ageMs)} old.` : "No connection yet, trying again."
    } else if (this.state !== "lost" && ageMs > STALE_MS) {
      text = `This conversation is not being updated. What you see is ${span(ageMs)} old.`
    } else if (this.state === "asking") {
      isFresh = true
      text = "The live connection cannot be opened from here, so this page asks every 3 seconds instead."
    }
    const notice = this.root.querySelector(".notice")
    setHidden(notice, !text)
    setText(notice, text)
    setData(this.root, "stale", text && !isFresh ? "yes" : "")
  }

  close() {
    clearInterval(this.timer)
    clearTimeout(this.asking)
    this.stream.close()
  }
}

const transcripts = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  if (!transcripts.has(parentElement)) transcripts.set(parentElement, new Transcript(parentElement))
  const transcript = transcripts.get(parentElement)
  transcript.use(data, setTriggerValue)
  return () => {
    transcript.close()
    transcripts.delete(parentElement)
  }
}
