// What stands above the transcript: who, where, since when, and why it counts as what it counts.

const STANDS = { with_bot: "With bot", waiting: "Waiting for an agent", with_agent: "With agent", wrap_up: "Wrap-up", closed: "Ended" }

class Head {
  constructor(root, { onJump, onWish }) {
    this.root = root
    this.care = new Care(root, onWish)
    this.part = (name) => root.querySelector(`.head .${name}`)
    this.values = new Map()
    this.part("jump").onclick = onJump
  }

  show(head, nowMs) {
    this.head = head
    setText(this.part("customer"), customerName(head.customer))
    this.part("customer").title = head.customer_id
    setText(this.part("state"), STANDS[head.state] ?? head.state)
    setData(this.part("state"), "open", head.ended_ms == null ? "yes" : "")
    setHidden(this.part("test"), !head.is_test)
    this.showFeeling(head)
    const isOpen = head.ended_ms == null
    const began = `${dayOf(head.started_ms)}, ${minuteTime(head.started_ms)}`
    this.set("Channel", head.channel)
    this.set("Bot", head.bot)
    this.set(isOpen ? "Has it now" : "Had it last", head.state === "waiting" ? "nobody yet" : head.handler)
    this.set(isOpen ? "Had it last" : "Has it now", "")
    this.set("Queue", head.queue)
    this.set("Topic", head.topic)
    this.set("Workstream", head.workstream)
    this.set("Started", began, exactMoment(head.started_ms))
    this.set("Ended", isOpen ? "" : endWords(head), isOpen ? "" : exactMoment(head.ended_ms))
    this.set("Lasted", isOpen ? "" : span(head.ended_ms - head.started_ms), isOpen ? "" : exactSpan(head.ended_ms - head.started_ms))
    this.set("Source", head.source)
    this.showVerdict(head)
    this.care.show(head)
    this.tick(nowMs)
  }

  showFeeling(head) {
    const feel = this.part("feel")
    const of = `${head.num_scored} of ${head.num_customer_messages} scored`
    const words = head.sentiment ? `${sentence(head.sentiment.level)} ${signed(head.sentiment.value)}` : "No sentiment"
    const text = `${words}, ${of}`
    if (feel.dataset.said === text) return
    feel.dataset.said = text
    const made = element("span", "feeling")
    made.dataset.rank = head.sentiment?.rank ?? ""
    made.append(element("span", "dot"), element("span", "", words), element("small", "", `estimated, ${of}`))
    made.title = head.ended_ms == null ? "Sentiment now" : "Sentiment at the end"
    feel.replaceChildren(made)
  }

  showVerdict(head) {
    const why = this.part("why")
    setHidden(this.part("verdict"), head.ended_ms == null && !head.deciding)
    setText(why, head.verdict)
    setHidden(this.part("jump"), !head.deciding)
  }

  set(label, value, title = "") {
    if (!this.values.has(label)) {
      const row = element("div")
      const dd = element("dd")
      dd.dir = "auto"
      row.append(element("dt", "", label), dd)
      this.part("facts").append(row)
      this.values.set(label, { row, dd })
    }
    const { row, dd } = this.values.get(label)
    setHidden(row, !value)
    setText(dd, value)
    if (dd.title !== (title || value)) dd.title = title || value
  }

  tick(nowMs) {
    if (!this.head) return
    const { ended_ms: endedMs, started_ms: startedMs, due_ms: dueMs } = this.head
    const isOpen = endedMs == null
    this.care.tick(nowMs)
    this.set("Open for", isOpen ? span(nowMs - startedMs) : "", isOpen ? exactSpan(nowMs - startedMs) : "")
    this.set("Closes if silent", isOpen && dueMs > nowMs ? `in ${span(dueMs - nowMs)}` : "")
  }
}

function endWords({ started_ms: startedMs, ended_ms: endedMs }) {
  const day = dayOf(endedMs)
  return day === dayOf(startedMs) ? minuteTime(endedMs) : `${day}, ${minuteTime(endedMs)}`
}
