// The table: which rows are shown in which order, and when that order holds still.

const FIRST_ROWS = 100
// A mouse left lying on the table is nobody reading: the order goes on after this.
const POINTER_REST_MS = 30000

class Table {
  constructor(root, { onOpen, onChange }) {
    this.table = root.querySelector(".table")
    this.body = root.querySelector(".rows")
    this.chip = root.querySelector(".chip")
    this.more = root.querySelector(".more")
    this.parts = new Map()
    this.order = []
    this.wanted = []
    this.limit = FIRST_ROWS
    this.pointerMs = 0
    this.onChange = onChange
    this.listen(onOpen)
  }

  listen(onOpen) {
    this.table.onpointermove = (event) => {
      if (event.pointerType === "mouse") this.pointerMs = Date.now()
    }
    this.table.onpointerleave = () => {
      this.pointerMs = 0
      this.onChange()
    }
    this.table.onfocusout = () => queueMicrotask(this.onChange)
    this.body.onclick = (event) => {
      const parts = this.partsAt(event.target)
      if (!parts) return
      const isSelecting = event.detail > 0 && window.getSelection()?.type === "Range"
      if (isSelecting) return event.preventDefault() // copying a name is not opening it
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return // the link opens its own tab
      event.preventDefault()
      onOpen(parts.payload.link)
    }
    this.body.onkeydown = (event) => this.moveFocus(event)
    this.body.onfocusin = (event) => this.setTabStop(this.partsAt(event.target))
    this.chip.onclick = () => {
      this.arrange()
      this.onChange()
    }
    this.more.onclick = () => {
      this.limit += FIRST_ROWS
      this.onChange()
    }
  }

  partsAt(target) {
    return this.parts.get(target.closest?.(".row")?.dataset.key)
  }

  // Arrow keys walk the rows; Tab enters and leaves the table once.
  moveFocus(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }
    const at = this.order.indexOf(this.partsAt(event.target)?.row.dataset.key)
    if (event.key === "Escape") event.target.blur?.()
    if (!(event.key in steps) || at < 0) return
    event.preventDefault()
    const next = Math.max(0, Math.min(this.order.length - 1, at + steps[event.key]))
    const link = this.parts.get(this.order[next]).link
    link.focus({ preventScroll: true })
    link.closest(".row").scrollIntoView({ block: "nearest" })
  }

  setTabStop(parts) {
    if (!parts || this.tabStop === parts) return
    if (this.tabStop) this.tabStop.link.tabIndex = -1
    parts.link.tabIndex = 0
    this.tabStop = parts
  }

  isHeld() {
    const hasPointer = this.pointerMs > 0 && Date.now() - this.pointerMs < POINTER_REST_MS
    return hasPointer || this.body.contains(this.body.getRootNode().activeElement)
  }

  show(rows, filter, conversationUrl) {
    const found = [...rows.values()].filter((payload) => passes(payload, filter)).sort(byNeed)
    this.wanted = found.slice(0, this.limit).map((payload) => payload.key)
    for (const key of new Set([...this.order, ...this.wanted])) {
      const payload = rows.get(key)
      if (!this.parts.has(key) && payload) this.parts.set(key, makeRow(key))
      const parts = this.parts.get(key)
      if (payload && parts.payload !== payload) patchRow(parts, payload, conversationUrl)
      setData(parts.row, "gone", payload ? "" : "yes")
      if (!payload) setText(parts.state, "Ended")
    }
    const isHeld = this.order.length > 0 && this.isHeld()
    if (!isHeld) this.arrange()
    const waiting = isHeld ? countChanges(this.order, this.wanted) : 0
    setHidden(this.chip, waiting === 0)
    setText(this.chip, waiting === 1 ? "1 change waiting – apply" : `${waiting} changes waiting – apply`)
    setHidden(this.more, found.length <= this.limit)
    setText(this.more, `Show ${Math.min(FIRST_ROWS, found.length - this.limit)} more of ${found.length}`)
    return found.length
  }

  arrange() {
    const stays = new Set(this.wanted)
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
