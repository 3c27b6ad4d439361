// The table: which rows are shown, and when their order holds still.

const FIRST_ROWS = 100
// A mouse left lying on the table is nobody reading: the order goes on after this.
const POINTER_REST_MS = 30000

class Table {
  constructor(root, { onOpen, onChange, readLines }) {
    this.table = root.querySelector(".table")
    this.body = root.querySelector(".rows")
    this.bar = root.querySelector(".bar")
    this.chip = root.querySelector(".chip")
    this.more = root.querySelector(".more")
    this.parts = new Map()
    this.order = []
    this.wanted = []
    this.limit = FIRST_ROWS
    this.pointerMs = 0
    this.unfolded = null
    this.details = new Details()
    this.onOpen = onOpen
    this.onChange = onChange
    this.readLines = readLines
    this.listen()
  }

  listen() {
    this.table.onpointermove = (event) => {
      if (event.pointerType === "mouse") this.pointerMs = Date.now()
    }
    this.table.onpointerleave = () => {
      this.pointerMs = 0
      this.onChange()
    }
    this.table.addEventListener("focusout", () => queueMicrotask(this.onChange))
    this.body.onclick = (event) => this.click(event)
    this.body.onkeydown = (event) => this.press(event)
    this.body.addEventListener("focusin", (event) => this.setTabStop(this.partsAt(event.target)))
    this.chip.onclick = () => {
      this.arrange()
      this.onChange()
    }
    this.more.onclick = () => {
      this.limit += FIRST_ROWS
      this.onChange()
    }
    this.scrolled = () => {
      if (!this.chip.hidden && !this.isHeld()) this.onChange()
    }
    document.addEventListener("scroll", this.scrolled, { capture: true, passive: true })
  }

  close() {
    document.removeEventListener("scroll", this.scrolled, { capture: true })
  }

  partsAt(target) {
    return this.parts.get(target.closest?.(".row")?.dataset.key)
  }

  click(event) {
    const parts = this.partsAt(event.target)
    if (!parts || event.target.closest(".console-link, .links")) return
    if (event.target.closest(".unfold")) return this.unfold(parts)
    if (event.target.closest(".details")) return // to be read and copied
    const isSelecting = event.detail > 0 && window.getSelection()?.type === "Range"
    if (isSelecting) return event.preventDefault() // copying a name is not opening it
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return // the link opens its own tab
    event.preventDefault()
    this.onOpen(parts.payload.link)
  }

  // Arrow keys walk the rows and unfold them; Tab enters and leaves the table once.
  press(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }
    const parts = this.partsAt(event.target)
    const at = this.order.indexOf(parts?.row.dataset.key)
    if (event.key === "Escape") return this.leave(event)
    if (at < 0) return
    const isUnfolded = this.unfolded === parts.row.dataset.key
    if ((event.key === "ArrowRight" && !isUnfolded) || (event.key === "ArrowLeft" && isUnfolded)) return this.unfold(parts)
    if (!(event.key in steps)) return
    event.preventDefault()
    const next = Math.max(0, Math.min(this.order.length - 1, at + steps[event.key]))
    const { link } = this.parts.get(this.order[next])
    link.focus({ preventScroll: true })
    link.closest(".row").scrollIntoView({ block: "nearest" })
  }

  // First what is unfolded, then the focus.
  leave(event) {
    if (this.unfolded) this.unfold(this.parts.get(this.unfolded))
    else event.target.blur?.()
  }

  unfold(parts) {
    const key = parts.row.dataset.key
    const before = this.parts.get(this.unfolded)
    if (before) setData(before.row, "unfolded", "")
    before?.unfold.setAttribute("aria-expanded", "false")
    this.details.hide()
    this.unfolded = this.unfolded === key ? null : key
    if (this.unfolded) {
      setData(parts.row, "unfolded", "yes")
      parts.unfold.setAttribute("aria-expanded", "true")
      this.showDetails()
    }
    this.onChange()
  }

  showDetails() {
    const parts = this.parts.get(this.unfolded)
    if (parts) this.details.show(parts, parts.payload, this.readLines)
  }

  setTabStop(parts) {
    if (!parts || this.tabStop === parts) return
    this.setTabIndex(this.tabStop, -1)
    this.setTabIndex(parts, 0)
    this.tabStop = parts
  }

  setTabIndex(parts, index) {
    for (const part of [parts?.link, parts?.console, parts?.unfold]) if (part) part.tabIndex = index
  }

  // Somebody reads: has a row unfolded, the focus or the pointer on one, or has scrolled to rows further down.
  isHeld() {
    if (this.unfolded) return true
    if (this.pointerMs > 0 && Date.now() - this.pointerMs < POINTER_REST_MS) return true
    if (this.body.contains(this.body.getRootNode().activeElement)) return true
    return this.order.length > 0 && this.body.getBoundingClientRect().top < Math.max(0, this.bar.getBoundingClientRect().bottom) - 60
  }

  // `anew`: somebody has asked for other rows, which is not to wait until they have read these.
  show(rows, ranking, conversationUrl, { anew = false } = {}) {
    this.wanted = ranking.first(this.limit)
    for (const key of new Set([...this.order, ...this.wanted])) this.patch(key, rows.get(key), conversationUrl)
    const isHeld = this.order.length > 0 && this.isHeld()
    if (!isHeld || anew) this.arrange()
    const waiting = isHeld && !anew ? countChanges(this.order, this.wanted) : 0
    setHidden(this.chip, waiting === 0)
    setText(this.chip, waiting === 1 ? "1 change waiting – apply" : `${waiting} changes waiting – apply`)
    setHidden(this.more, ranking.size <= this.limit)
    setText(this.more, `Show ${Math.min(FIRST_ROWS, ranking.size - this.limit)} more of ${ranking.size}`)
    if (this.unfolded) this.showDetails()
  }

  patch(key, payload, conversationUrl) {
    if (!this.parts.has(key) && payload) this.parts.set(key, makeRow(key))
    const parts = this.parts.get(key)
    if (payload && parts.payload !== payload) patchRow(parts, payload, conversationUrl)
    setData(parts.row, "gone", payload ? "" : "yes")
    if (!payload) setText(parts.state, "Ended")
  }

  arrange() {
    const stays = new Set(this.wanted)
    if (this.unfolded && !stays.has(this.unfolded) && this.parts.has(this.unfolded)) this.unfold(this.parts.get(this.unfolded))
    for (const [key, { row }] of this.parts) {
      if (stays.has(key)) continue
      row.remove()
      this.parts.delete(key)
    }
    this.wanted.forEach((key, at) => {
      const { row } = this.parts.get(key)
      if (this.body.children[at] !== row) this.body.insertBefore(row, this.body.children[at] ?? null)
    })
    this.order = this.wanted
    if (!this.tabStop?.row.isConnected && this.order.length) this.setTabStop(this.parts.get(this.order[0]))
  }

  tick(nowMs) {
    for (const key of this.order) {
      const { clock, payload, row } = this.parts.get(key)
      if (row.dataset.gone) continue
      setText(clock, span(nowMs - payload.since_ms))
      const isOver = payload.target_s != null && nowMs - payload.since_ms > payload.target_s * 1000
      setData(clock, "over", isOver ? "yes" : "")
    }
  }
}

// Rows to come, rows to go, and rows that must move: those outside the longest run whose order is right already.
function countChanges(order, wanted) {
  const place = new Map(wanted.map((key, at) => [key, at]))
  const places = order.map((key) => place.get(key)).filter((at) => at !== undefined)
  const ends = []
  for (const at of places) {
    const slot = ends.findIndex((end) => end > at)
    if (slot < 0) ends.push(at)
    else ends[slot] = at
  }
  return order.length - places.length + (wanted.length - places.length) + (places.length - ends.length)
}
