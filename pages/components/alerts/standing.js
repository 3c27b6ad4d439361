// The alerts that stand, on the page of alerts: a list that follows its stream.

const LOST_AFTER_MS = 4000

class Standing {
  constructor(parent) {
    this.root = parent.querySelector(".standing")
    this.alerts = new Map()
    this.list = new AlertList(this.root.querySelector(".items"), {
      onOpen: (alert) => this.trigger("opened", alert.link),
      onAcknowledge: (alert) => this.trigger("acknowledged", alert.alert_id),
      onDetails: (alert) => this.trigger("detailed", alert.alert_id),
      urlOf: (alert) => (alert.link ? `${this.data.conversation_url}?conversation=${encodeURIComponent(alert.link)}` : ""),
      detailsOf: (alert) => `${this.data.alerts_url}?alert=${alert.alert_id}`,
    })
    this.stream = new Stream({
      onMessage: (message) => this.take(message),
      onState: (state) => this.setState(state),
      askForToken: () => this.trigger("renew", Date.now()),
    })
    this.timer = setInterval(() => this.tick(), 1000)
  }

  use(data, trigger) {
    this.data = data
    this.trigger = trigger
    this.stream.use(data.stream, data.token, data.ask)
  }

  take(message) {
    if (!message.rows) return
    if (message.type === "snapshot") this.alerts.clear()
    for (const key of message.removed ?? []) this.alerts.delete(key)
    for (const row of message.rows) this.alerts.set(row.key, row)
    const standing = [...this.alerts.values()].filter((alert) => alert.state !== "resolved")
    this.list.show(standing)
    setHidden(this.root.querySelector(".none"), standing.length > 0)
    this.tick()
  }

  setState(state) {
    if (this.state === state) return
    this.state = state
    if (state === "lost") this.lostMs = Date.now()
    this.tick()
  }

  tick() {
    this.stream.check()
    this.list.tick(this.stream.nowMs())
    setHidden(this.root.querySelector(".lost"), !(this.state === "lost" && Date.now() - this.lostMs > LOST_AFTER_MS))
  }

  close() {
    clearInterval(this.timer)
    this.stream.close()
  }
}

const lists = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  if (!lists.has(parentElement)) lists.set(parentElement, new Standing(parentElement))
  const list = lists.get(parentElement)
  list.use(data, setTriggerValue)
  return () => {
    list.close()
    lists.delete(parentElement)
  }
}
