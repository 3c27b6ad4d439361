// Which lines are in the page: of a conversation of bearable length all, so that the browser's own search finds everything; of a
// longer one a part that follows the reader, so that five thousand lines cost no more than some hundreds. Lines are kept in their
// order as data; nodes are made when they come into the part.

const PART = { whole: 800, step: 120, most: 480, nearPx: 800 }

class LineWindow {
  constructor(scroll, body, make) {
    this.scroll = scroll
    this.body = body
    this.make = make
    this.rows = new Map()
    this.order = []
    this.nodes = new Map()
    this.from = 0
    this.to = 0
    this.showsAll = false
  }

  get isAtEnd() {
    return this.to >= this.order.length
  }

  get isLong() {
    return this.order.length > PART.whole
  }

  // Takes lines in and out; how many messages are new.
  patch({ rows, removed }) {
    const first = this.order[this.from]
    const wasAtEnd = this.isAtEnd
    let numNew = 0
    for (const key of removed) {
      this.rows.delete(key)
      this.drop(key)
    }
    for (const row of rows) {
      numNew += !this.rows.has(row.key) && row.shape === "message"
      this.rows.set(row.key, row)
      this.drop(row.key)
    }
    this.sort()
    this.place(first, wasAtEnd)
    return numNew
  }

  showAll(showsAll) {
    const first = this.order[this.from]
    const wasAtEnd = this.isAtEnd
    this.showsAll = showsAll
    this.sort()
    this.place(first, wasAtEnd)
    this.keepingPlace(() => this.render())
  }

  sort() {
    const shown = [...this.rows.values()].filter((row) => this.showsAll || !row.hidden)
    this.order = shown.sort((a, b) => byPlace(a.place, b.place)).map((row) => row.key)
  }

  // The part stays where it was; at the end it grows with what is written.
  place(first, wasAtEnd) {
    const at = first === undefined ? 0 : this.order.indexOf(first)
    const size = this.to - this.from
    this.from = Math.max(0, Math.min(at === -1 ? this.from : at, this.order.length))
    this.to = wasAtEnd ? this.order.length : Math.min(this.order.length, this.from + size)
    if (this.isLong && this.to - this.from > PART.most + PART.step) this.from = this.to - PART.most
  }

  drop(key) {
    this.nodes.get(key)?.remove()
    this.nodes.delete(key)
  }

  // Every node is made anew when it is next wanted.
  forget() {
    for (const key of [...this.nodes.keys()]) this.drop(key)
  }

  render() {
    const wanted = this.order.slice(this.from, this.to)
    const heading = this.headingBefore(this.from)
    if (heading) wanted.unshift(heading)
    const there = new Set(wanted)
    for (const key of [...this.nodes.keys()]) if (!there.has(key)) this.drop(key)
    // From the end, so that what is in its place already is not touched.
    let next = null
    for (let at = wanted.length - 1; at >= 0; at -= 1) {
      const node = this.node(wanted[at])
      if (node.parentNode !== this.body || node.nextElementSibling !== next) this.body.insertBefore(node, next)
      next = node
    }
  }

  node(key) {
    if (!this.nodes.has(key)) this.nodes.set(key, this.make(this.rows.get(key)))
    return this.nodes.get(key)
  }

  // Of the session the part begins in: whose words these are is always said.
  headingBefore(from) {
    if (from === 0 || this.rows.get(this.order[from])?.shape === "session") return null
    for (let at = from - 1; at >= 0; at -= 1) if (this.rows.get(this.order[at]).shape === "session") return this.order[at]
    return null
  }

  toEnd() {
    this.to = this.order.length
    this.from = this.isLong ? this.to - PART.step : 0
    this.render()
    this.scroll.scrollTop = this.scroll.scrollHeight
  }

  toStart() {
    this.from = 0
    this.to = this.isLong ? PART.step : this.order.length
    this.render()
    this.scroll.scrollTop = 0
  }

  // Brings a line into the part and near the top of what is seen; its node, null where there is no such line.
  show(key) {
    const at = this.order.indexOf(key)
    if (at === -1) return null
    if (at < this.from || at >= this.to) {
      this.from = Math.max(0, at - PART.step / 2)
      this.to = Math.min(this.order.length, at + PART.step / 2)
    }
    this.render()
    const node = this.node(key)
    const top = node.getBoundingClientRect().top - this.scroll.getBoundingClientRect().top
    this.scroll.scrollTop += top - this.scroll.clientHeight / 4
    return node
  }

  // More comes in where the reader goes, and what is far away goes out.
  follow() {
    const below = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight
    if (this.scroll.scrollTop < PART.nearPx && this.from > 0) {
      this.from = Math.max(0, this.from - PART.step)
      this.to = Math.min(this.to, this.from + PART.most)
    } else if (below < PART.nearPx && !this.isAtEnd) {
      this.to = Math.min(this.order.length, this.to + PART.step)
      this.from = Math.max(this.from, this.to - PART.most)
    } else return
    this.keepingPlace(() => this.render())
  }

  // What the reader looks at stays where it is, whatever comes or goes above it.
  keepingPlace(change) {
    const top = this.scroll.getBoundingClientRect().top
    const seen = [...this.body.children].find((node) => node.getBoundingClientRect().bottom > top && !node.matches(".session"))
    const was = seen?.getBoundingClientRect().top
    change()
    if (seen?.isConnected) this.scroll.scrollTop += seen.getBoundingClientRect().top - was
  }
}

function byPlace(a, b) {
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return a[at] - b[at]
  return 0
}
