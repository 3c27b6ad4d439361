// The figures above the table.

const NOW = [
  { name: "open", label: "Open", about: "Conversations that have not ended." },
  { name: "with_bot", label: "With bot", about: "Open conversations a bot is serving." },
  { name: "with_agent", label: "With agent", about: "Open conversations an agent is serving." },
  { name: "waiting", label: "Waiting", about: "Customers who were handed over and whom no agent has accepted yet." },
  { name: "longest", label: "Longest wait", about: "The longest time anybody waiting now has waited since the escalation." },
  { name: "sentiment", label: "Avg sentiment", about: "Mean live sentiment, −1 to +1, of the open conversations that have a score. An estimate." },
  { name: "num_low", label: "Low sentiment", about: "Open conversations whose live sentiment is at or below the threshold. An estimate." },
]
const LATELY = [
  { name: "escalated", label: "Escalated", about: "Bot conversations in which a human was asked for in the last two hours." },
  { name: "resolved", label: "Resolved", about: "Bot conversations that ended resolved in the last two hours." },
  { name: "abandoned", label: "Abandoned", about: "Bot conversations the customer left unserved in the last two hours." },
]

class Tiles {
  constructor(root) {
    this.cells = new Map()
    this.about = new Map([...NOW, ...LATELY].map(({ name, about }) => [name, about]))
    for (const [where, tiles] of [[".now .cells", NOW], [".lately .cells", LATELY]]) {
      for (const tile of tiles) root.querySelector(where).append(this.make(tile))
    }
  }

  make({ name, label, about }) {
    const cell = element("div", "tile")
    cell.dataset.tile = name
    cell.title = about
    const value = element("div", "value", "–")
    const note = element("div", "note")
    note.append(element("span", "shape"), element("span", "note-text"))
    cell.append(element("div", "label", label), value, note)
    this.cells.set(name, { cell, value, note: note.lastChild })
    return cell
  }

  show(figures, nowMs) {
    for (const { name } of [...NOW, ...LATELY]) {
      if (name !== "longest" && name !== "sentiment") this.set(name, String(figures[name] ?? "–"))
    }
    const isScored = figures.num_scored > 0
    this.set("sentiment", isScored ? signed(figures.sentiment) : "–", isScored ? figures.level : "none scored")
    const basis = `Rests on ${figures.num_scored} of ${figures.open} open conversations.`
    for (const name of ["sentiment", "num_low"]) this.cells.get(name).cell.title = `${this.about.get(name)} ${basis}`
    this.set("num_low", String(figures.num_low), `≤ ${signed(figures.threshold)}`)
    this.set("open", String(figures.open), figures.wrap_up ? `${figures.wrap_up} in wrap-up` : "")
    const band = figures.wait_band ?? "normal"
    this.set("waiting", String(figures.waiting), figures.num_over_target ? `${figures.num_over_target} over target` : "", band)
    this.tick(figures, nowMs)
  }

  tick(figures, nowMs) {
    const since = figures.longest_wait_since_ms
    const band = figures.wait_band ?? "normal"
    this.set("longest", since == null ? "–" : span(nowMs - since), since == null ? "nobody waits" : BANDS[band], band)
  }

  set(name, text, note = "", band = "normal") {
    const { cell, value, note: noteText } = this.cells.get(name)
    setText(value, text)
    setText(noteText, note)
    setData(cell, "band", band)
  }
}
