// The bell: puts stream, list, toasts, sound and title together. Runs again whenever its data or the theme change.

const TICK_MS = 1000
const EDGE_PX = 8
// Older news than this is in the list, and is not called out; of what stood before the page was opened hardly any.
const FRESH_MS = { first: 10 * 1000, later: 60 * 1000 }
// A blink of the line is not worth alarming anybody.
const BLINK_MS = 4000

class Bell {
  constructor(parent) {
    this.root = parent.querySelector(".bell")
    this.button = this.root.querySelector(".open")
    this.panel = this.root.querySelector(".panel")
    this.alerts = new Map()
    this.title = new TitleBadge()
    this.sound = new Sound(this.root)
    const doing = {
      onOpen: (alert) => this.leave("opened", alert.link),
      onAcknowledge: (alert) => this.trigger("acknowledged", alert.alert_id),
      onList: () => this.leave("listed", Date.now()),
      urlOf: (alert) => (alert.link ? `${this.data.conversation_url}?conversation=${encodeURIComponent(alert.link)}` : ""),
    }
    this.list = new AlertList(this.root.querySelector(".items"), doing)
    this.toasts = new Toasts(this.root.querySelector(".toasts"), { ...doing, onAcknowledge: (alert) => this.list.acknowledge(alert) })
    this.stream = new Stream({
      onMessage: (message) => this.take(message),
      onState: (state) => this.setState(state),
      askForToken: () => this.trigger("renew", Date.now()),
    })
    this.listen(doing)
    this.timer = setInterval(() => this.tick(), TICK_MS)
  }

  listen({ onList }) {
    this.button.onclick = () => this.toggle(this.panel.hidden)
    this.root.querySelector(".all").onclick = (event) => {
      if (isForNewTab(event)) return
      event.preventDefault()
      onList()
    }
    this.root.onkeydown = (event) => {
      if (event.key === "Escape" && !this.panel.hidden) this.toggle(false, { focus: true })
    }
    // Inside a shadow root the target of an outer listener is the host: the path says where it really was.
    this.outside = (event) => {
      if (!event.composedPath().includes(this.root)) this.toggle(false)
    }
    document.addEventListener("pointerdown", this.outside)
  }

  use(data, trigger) {
    this.trigger = trigger
    this.data = data
    this.root.querySelector(".all").href = data.alerts_url
    this.toasts.use({ listUrl: data.alerts_url, isQuiet: data.quiet })
    this.stream.use(data.stream, data.token, data.ask)
    this.draw()
  }

  take(message) {
    if (!message.rows) return
    if (message.type === "snapshot") this.alerts.clear()
    for (const key of message.removed ?? []) this.alerts.delete(key)
    const freshMs = this.isBegun ? FRESH_MS.later : FRESH_MS.first
    this.isBegun = true
    for (const row of message.rows) {
      this.alerts.set(row.key, row)
      this.consider(row, freshMs)
    }
    this.draw()
  }

  standing() {
    return [...this.alerts.values()].filter((alert) => alert.state !== "resolved")
  }

  unseen() {
    return this.standing().filter((alert) => !isAcknowledged(alert))
  }

  // Something fired, got worse, or has to be said again.
  async consider(alert, freshMs) {
    if (!alert.told_ms || alert.state === "resolved" || isAcknowledged(alert)) return
    if (this.stream.nowMs() - alert.told_ms > freshMs) return
    if (!(await claimOnce(`${alert.key}:${alert.fired_ms}:${alert.told_ms}`))) return
    this.toasts.show(alert)
    this.say([BANDS[alert.band] || "Alert", alert.rule, alert.subject, reasonOf(alert)].filter(Boolean).join(", "))
    this.sound.ring()
  }

  say(text) {
    setText(this.root.querySelector(".said"), text)
  }

  setState(state) {
    if (this.state === state) return
    this.state = state
    if (state === "lost") this.lostMs = Date.now()
    this.draw()
  }

  draw() {
    const standing = this.standing()
    const unseen = this.unseen()
    const worst = unseen.some((alert) => alert.band === "critical") ? "critical" : unseen.length ? "at_risk" : ""
    setData(this.root, "worst", worst)
    const count = this.root.querySelector(".count")
    setText(count, unseen.length > 99 ? "99+" : String(unseen.length))
    setHidden(count, !unseen.length)
    const sum = summary(standing.length, unseen.length)
    setText(this.root.querySelector(".sum"), sum)
    setText(this.root.querySelector(".label"), `${sum}${worst ? `, worst ${BANDS[worst].toLowerCase()}` : ""}`)
    this.list.show(standing)
    this.toasts.keepOnly((key) => unseen.some((alert) => alert.key === key))
    setHidden(this.root.querySelector(".none"), standing.length > 0)
    this.title.show(unseen.length)
    this.tick(0)
  }

  tick(passedMs = TICK_MS) {
    this.stream.check()
    this.list.tick(this.stream.nowMs())
    this.toasts.tick(passedMs)
    const isLost = this.state === "lost" && Date.now() - this.lostMs > BLINK_MS
    setData(this.root, "state", isLost ? "lost" : "open")
    setHidden(this.root.querySelector(".lost"), !isLost)
    this.button.title = isLost ? "Alerts are not connected, trying again" : "Alerts"
  }

  toggle(open, { focus = false } = {}) {
    if (this.panel.hidden === !open) return
    this.panel.hidden = !open
    this.button.setAttribute("aria-expanded", String(open))
    if (open) this.place()
    else if (focus) this.button.focus()
  }

  // Below the bell, within the window: on a phone the bell stands at the left.
  place() {
    this.panel.style.translate = ""
    const { left, right } = this.panel.getBoundingClientRect()
    if (left < EDGE_PX) this.panel.style.translate = `${EDGE_PX - left}px`
    else if (right > innerWidth - EDGE_PX) this.panel.style.translate = `${innerWidth - EDGE_PX - right}px`
  }

  leave(name, value) {
    this.toggle(false)
    this.trigger(name, value)
  }

  close() {
    clearInterval(this.timer)
    document.removeEventListener("pointerdown", this.outside)
    this.stream.close()
    this.sound.close()
    this.title.close()
  }
}

function summary(standing, unseen) {
  if (!standing) return "No alert stands"
  const all = standing === 1 ? "1 alert stands" : `${standing} alerts stand`
  if (unseen === standing) return all
  return unseen ? `${all}, ${unseen} new` : `${all}, acknowledged`
}

const bells = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  if (!bells.has(parentElement)) bells.set(parentElement, new Bell(parentElement))
  const bell = bells.get(parentElement)
  bell.use(data, setTriggerValue)
  return () => {
    bell.close()
    bells.delete(parentElement)
  }
}
