// The queues in one line, those that need somebody first; a click shows one alone. All of them stand on a card.

class Queues {
  constructor(root, { card, onFilter, memory }) {
    this.line = root.querySelector(".queues")
    this.list = root.querySelector(".queue-list")
    this.all = root.querySelector(".all-queues")
    this.mine = root.querySelector(".my-queues")
    this.card = card
    this.onFilter = onFilter
    this.memory = memory
    this.chips = new Map()
    this.all.onclick = () => card.toggle(this.all, (box) => this.explain(box))
    this.mine.onclick = () => this.chooseMine()
  }

  show(queues, filter, nowMs) {
    this.queues = [...queues.values()].sort(byTrouble)
    this.filter = filter
    setHidden(this.line, this.queues.length === 0)
    const shown = this.queues.filter((queue) => queue.band !== "normal" || queue.waiting || filter.queue.includes(queue.name))
    this.patchChips(shown.slice(0, 12))
    setText(this.all, this.queues.length === 1 ? "1 queue" : `All ${this.queues.length} queues`)
    this.showMine()
    this.tick(nowMs)
  }

  patchChips(shown) {
    const names = new Set(shown.map((queue) => queue.name))
    for (const [name, chip] of this.chips) {
      if (names.has(name)) continue
      chip.button.remove()
      this.chips.delete(name)
    }
    shown.forEach((queue, at) => {
      const chip = this.chips.get(queue.name) ?? this.makeChip(queue.name)
      chip.queue = queue
      // A chip somebody is about to press stays where it is.
      const isHeld = this.list.matches(":hover") || this.list.contains(this.list.getRootNode().activeElement)
      if (!chip.button.isConnected) this.list.append(chip.button)
      if (!isHeld && this.list.children[at] !== chip.button) this.list.insertBefore(chip.button, this.list.children[at] ?? null)
      setData(chip.button, "band", queue.band)
      chip.button.setAttribute("aria-pressed", String(this.filter.queue.includes(queue.name)))
    })
  }

  makeChip(name) {
    const button = element("button", "queue")
    button.type = "button"
    const chip = { button, name: element("bdi", "queue-name", name || "No queue"), word: element("span", "queue-word") }
    button.append(element("span", "shape"), chip.name, chip.word)
    button.onclick = () => this.toggleFilter(name)
    this.chips.set(name, chip)
    return chip
  }

  toggleFilter(name) {
    const chosen = this.filter.queue
    this.onFilter({ queue: chosen.length === 1 && chosen[0] === name ? [] : [name] })
  }

  tick(nowMs) {
    for (const { queue, word, button } of this.chips.values()) {
      setText(word, queueWords(queue, nowMs))
      const title = `${queue.name || "No queue"}: ${BAND_WORDS[queue.band]}. ${queue.open} open, ${queue.num_low} low in sentiment.`
      if (button.title !== title) button.title = title
    }
  }

  showMine() {
    const mine = this.memory.myQueues()
    const isOn = mine.length > 0 && mine.length === this.filter.queue.length && mine.every((name) => this.filter.queue.includes(name))
    this.mine.setAttribute("aria-pressed", String(isOn))
    setText(this.mine, mine.length ? `My queues (${mine.length})` : "My queues")
    const title = mine.length ? (isOn ? "Show all queues" : `Show only ${mine.map((name) => name || "no queue").join(", ")}`) : "Choose which queues are yours"
    if (this.mine.title !== title) this.mine.title = title
  }

  chooseMine() {
    const mine = this.memory.myQueues()
    if (!mine.length) return this.card.toggle(this.mine, (box) => this.explain(box))
    this.onFilter({ queue: this.mine.getAttribute("aria-pressed") === "true" ? [] : mine })
  }

  explain(box) {
    if (!box.children.length) this.makeCard(box)
    const body = box.querySelector("tbody")
    const there = new Map([...body.children].map((row) => [row.dataset.queue, row]))
    for (const queue of this.queues) {
      const row = there.get(queue.name) ?? body.appendChild(this.makeLine(queue.name))
      there.delete(queue.name)
      this.patchLine(row, queue)
    }
    for (const row of there.values()) row.remove()
  }

  makeCard(box) {
    box.setAttribute("aria-label", "Every queue with open conversations")
    const table = element("table")
    const head = table.createTHead().insertRow()
    for (const title of ["Mine", "Queue", "Open", "Waiting", "Longest", "Low", "Sentiment", ""]) head.append(element("th", "", title))
    table.createTBody()
    box.append(element("h3", "", "Queues"), table, element("p", "legend", "“Mine” is remembered in this browser; “My queues” then shows these alone."))
  }

  makeLine(name) {
    const row = element("tr")
    row.dataset.queue = name
    const mine = element("input")
    mine.type = "checkbox"
    mine.setAttribute("aria-label", `${name || "No queue"} is mine`)
    mine.onchange = () => {
      this.memory.setMyQueue(name, mine.checked)
      this.showMine()
    }
    const only = element("button", "plain")
    only.type = "button"
    only.append(element("bdi", "", name || "No queue"))
    only.onclick = () => this.toggleFilter(name)
    for (const part of [mine, only]) row.insertCell().append(part)
    for (let at = 0; at < 5; at += 1) row.insertCell()
    const band = row.insertCell()
    band.append(element("span", "shape"), element("span", "band-word"))
    return row
  }

  patchLine(row, queue) {
    const [mine, , open, waiting, longest, low, sentiment, band] = row.cells
    const isMine = this.memory.myQueues().includes(queue.name)
    if (mine.firstChild.checked !== isMine) mine.firstChild.checked = isMine
    setText(open, String(queue.open))
    setText(waiting, String(queue.waiting))
    setText(longest, queue.longest_wait_since_ms == null ? "–" : span(this.nowMs() - queue.longest_wait_since_ms))
    setText(low, String(queue.num_low))
    setText(sentiment, queue.sentiment == null ? "–" : signed(queue.sentiment))
    setData(row, "band", queue.band)
    setText(band.lastChild, BAND_WORDS[queue.band])
  }
}

function byTrouble(left, right) {
  return WORSE.indexOf(right.band) - WORSE.indexOf(left.band) || right.waiting - left.waiting || right.open - left.open || (left.name < right.name ? -1 : 1)
}

function queueWords(queue, nowMs) {
  if (!queue.waiting) return queue.band === "normal" ? `${queue.open} open` : `${queue.num_low} low`
  return `${queue.waiting} waiting · ${span(nowMs - queue.longest_wait_since_ms)}`
}
