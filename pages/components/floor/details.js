// What a row shows when it is unfolded: every reason, the last lines, and where to go from here.

const LINES_AGAIN_MS = 2000
const WHO = { customer: "Customer", bot: "Bot", agent: "Agent", supervisor: "Supervisor", system: "System", internal: "Internal" }

class Details {
  constructor() {
    this.box = element("div", "details")
    this.box.setAttribute("role", "cell")
    const [left, right] = [element("div"), element("div")]
    this.reasons = element("ul", "all-reasons")
    this.facts = element("dl")
    this.open = element("a", "go", "Open conversation")
    this.console = element("a", "go", "Open in the console")
    this.console.target = "_blank"
    this.console.rel = "noopener noreferrer"
    const links = element("div", "links")
    links.append(this.open, this.console)
    left.append(element("h4", "", "Why it needs somebody"), this.reasons, this.facts, links)
    this.lines = element("ol", "last-lines")
    this.state = element("p", "lines-state", "Loading …")
    right.append(element("h4", "", "Last lines"), this.lines, this.state)
    this.box.append(left, right)
  }

  // `read` asks the server for the last lines of a conversation.
  show(parts, payload, read) {
    if (!parts.row.contains(this.box)) {
      parts.row.append(this.box)
      this.lines.replaceChildren()
      setText(this.state, "Loading …")
      this.readMs = 0
    }
    this.patch(parts, payload)
    const isNew = this.last !== `${payload.key} ${payload.last_ms}`
    if (!isNew || Date.now() - this.readMs < LINES_AGAIN_MS) return
    this.last = `${payload.key} ${payload.last_ms}`
    this.readMs = Date.now()
    this.load(payload.key, () => read(payload.link))
  }

  hide() {
    this.box.remove()
    this.last = null
  }

  patch(parts, payload) {
    const reasons = payload.reasons.length ? payload.reasons.map(sentence) : ["Nothing points to trouble"]
    while (this.reasons.children.length > reasons.length) this.reasons.lastElementChild.remove()
    reasons.forEach((reason, at) => setText(this.reasons.children[at] ?? this.reasons.appendChild(element("li")), reason))
    const facts = [
      ["Began", clockTime(payload.started_ms)],
      ["Last activity", clockTime(payload.last_ms)],
      ["Bot", payload.bot],
      ["Workstream", payload.workstream],
      ["Topic", payload.topic],
      ["Source", payload.source],
      ["Conversation", payload.id],
    ]
    patchFacts(this.facts, facts.filter(([, value]) => value))
    this.open.href = parts.link.href
    setHidden(this.console, parts.console.hidden || !parts.console.href)
    if (parts.console.href) this.console.href = parts.console.href
  }

  async load(key, read) {
    try {
      const lines = await read()
      if (!this.last?.startsWith(`${key} `)) return // another row has been unfolded meanwhile
      this.draw(lines)
      setText(this.state, lines.length ? "" : "Nothing has been said yet.")
    } catch {
      setText(this.state, "The last lines could not be loaded; opening the conversation may work.")
      this.last = null
    }
  }

  draw(lines) {
    while (this.lines.children.length > lines.length) this.lines.lastElementChild.remove()
    lines.forEach((line, at) => {
      const item = this.lines.children[at] ?? this.lines.appendChild(element("li"))
      if (!item.children.length) item.append(element("span", "when"), element("bdi", "by"), element("bdi", "text"))
      setText(item.children[0], clockTime(line.at_ms))
      setText(item.children[1], line.name || WHO[line.role] || line.role)
      setText(item.children[2], line.text)
      setData(item, "role", line.role)
    })
  }
}
