// The wallboard: stream, tiles and the neediest, above everything else in the page. Runs again whenever its data change.

const OLD_MS = 8000
const BLINK_MS = 1500
// A grant that is nearly over and has not been renewed is as good as none: the guard acts before it is.
const LAST_OF_GRANT_MS = 90000
const POINTER_MS = 4000

class Wall {
  constructor(parent) {
    this.root = parent.querySelector(".wall")
    this.rows = new Map()
    this.queues = new Map()
    this.figures = null
    this.state = "connecting"
    this.beganMs = Date.now()
    this.tiles = new Tiles(this.root.querySelector(".tiles"))
    this.slots = new Slots(this.root.querySelector(".slots"))
    this.stream = new Stream({
      onMessage: (message) => this.take(message),
      onState: (state) => this.setState(state),
      askForToken: () => this.trigger("renew", Date.now()),
    })
    // Alerts are the lesser thing: while only they are lost, their tile is empty and the wall goes on.
    this.standing = null
    this.alerts = new Stream({
      onMessage: (message) => (this.standing = message.tiles ?? this.standing),
      onState: (state) => (this.standing = state === "lost" ? null : this.standing),
      askForToken: () => this.trigger("renew", Date.now()),
    })
    this.timer = setInterval(() => this.tick(), 1000)
    this.root.addEventListener("pointermove", () => this.showPointer())
    this.stayAwake = () => this.wakeLock()
    document.addEventListener("visibilitychange", this.stayAwake)
    this.stayAwake()
  }

  use(data, trigger) {
    this.trigger = trigger
    this.data = data
    for (const [name, colour] of Object.entries(data.colours)) this.root.style.setProperty(name, colour)
    setRankColours(this.root, data.colours["--st-chart-diverging-colors"] ?? "")
    this.clocks = makeClocks(data.link.zone)
    const { queues, channel_labels: channels, zone } = data.link
    setText(this.root.querySelector(".what"), [...queues, ...channels].map(isolated).join(" · "))
    setText(this.root.querySelector(".remarks"), data.link.remarks.join(" "))
    setHidden(this.root.querySelector(".demo"), !data.is_demo)
    this.zoneName = zone ? zone.split("/").at(-1).replaceAll("_", " ") : ""
    if (!this.root.matches(":popover-open")) this.root.showPopover()
    this.stream.use(data.stream, data.token, data.ask)
    this.alerts.use(data.alerts, data.token)
    this.tick()
  }

  take(message) {
    if (message.type === "snapshot") this.forget()
    for (const key of message.removed ?? []) this.rows.delete(key)
    for (const row of message.rows ?? []) this.rows.set(row.key, row)
    if (message.tiles) this.figures = message.tiles
    for (const [name, part] of Object.entries(message.parts ?? {})) this.takePart(name, part)
    if (message.expires_in_ms) this.leftMs = message.expires_in_ms
    if (message.checked_ms) this.checkedMs = message.checked_ms
    else if (message.rows) this.checkedMs = this.stream.nowMs()
    this.plan()
  }

  forget() {
    this.rows.clear()
    this.queues.clear()
  }

  takePart(name, part) {
    if (!name.startsWith("queue:")) return
    const queue = name.slice("queue:".length)
    if (part) this.queues.set(queue, part)
    else this.queues.delete(queue)
  }

  setState(state) {
    if (state === "lost" && this.state !== "lost") this.lostMs = Date.now()
    if (state === "asking") this.leftMs = undefined // single answers do not say how long the grant lasts
    this.state = state
  }

  // Read from across a room, twice a second is enough, however fast things change.
  plan() {
    this.planned ??= setTimeout(() => {
      this.planned = null
      this.draw(this.blindness())
    }, 500)
  }

  tick() {
    this.stream.check()
    this.alerts.check()
    const blindness = this.blindness()
    this.showTime()
    this.showBlindness(blindness)
    this.draw(blindness)
    guard().tell(!blindness && this.figures !== null && (this.leftMs ?? Infinity) > LAST_OF_GRANT_MS)
  }

  // While the wall is blind, times stand still with the rest: what it shows is how it was.
  draw(blindness) {
    if (!this.figures) return
    setData(this.root, "phase", "ready")
    const nowMs = blindness ? this.checkedMs : this.stream.nowMs()
    const sums = sumUp(this.rows, this.data.link)
    this.tiles.show(sums, { figures: this.figures, queues: this.queues, link: this.data.link, standing: this.standing }, nowMs)
    this.slots.show(sums.neediest, this.data.link, nowMs)
    const calm = this.root.querySelector(".calm")
    setHidden(calm, sums.neediest.length > 0)
    setText(calm, this.calmWords(sums))
    this.showHeard(nowMs)
  }

  calmWords(sums) {
    if (sums.open > 0) return "Nobody needs anybody right now"
    if (this.figures.is_filling) return "The simulated floor is filling in its history"
    if (!this.figures.sources.length) return "Nothing that can be read has come yet"
    return this.rows.size > 0 ? "Nothing of this is open right now" : "Nothing is open right now"
  }

  // Null where all is well, or a blink that nobody need be alarmed by; else why nothing is known, and for how long.
  blindness() {
    const ageMs = this.checkedMs ? this.stream.nowMs() - this.checkedMs : Date.now() - this.beganMs
    if (this.state === "lost" && this.checkedMs) return Date.now() - this.lostMs < BLINK_MS ? null : { why: "No connection", ageMs }
    if (ageMs <= OLD_MS) return null
    return { why: this.state === "open" || this.state === "asking" ? "Not updated" : "No connection", ageMs }
  }

  showBlindness(blindness) {
    setData(this.root, "blind", blindness ? "yes" : "")
    const banner = this.root.querySelector(".blind")
    setHidden(banner, !blindness)
    if (!blindness) return
    const since = this.checkedMs ? ` since ${this.clocks.time.format(this.checkedMs)}` : " yet"
    setText(banner.querySelector(".blind-text"), `${blindness.why}${since}, trying again`)
    setText(banner.querySelector(".blind-age"), this.checkedMs ? `${span(blindness.ageMs)} old` : "")
  }

  showTime() {
    const nowMs = this.stream.nowMs()
    setText(this.root.querySelector(".clock"), this.clocks.time.format(nowMs))
    setText(this.root.querySelector(".date"), [this.zoneName, this.clocks.date.format(nowMs)].filter(Boolean).join(", "))
  }

  showHeard(nowMs) {
    const late = this.figures.sources.filter((source) => source.late_ms != null && source.last_event_ms != null && nowMs - source.silent_since_ms >= source.late_ms)
    const newest = Math.max(...this.figures.sources.map((source) => source.last_event_ms ?? 0))
    const heard = this.root.querySelector(".heard")
    const silent = late.map((source) => `${isolated(source.name)} silent for ${span(nowMs - source.last_event_ms)}`).join(" · ")
    setText(heard, silent || (newest > 0 ? `Newest event ${span(nowMs - newest)} ago` : ""))
    setData(heard, "band", silent ? "at_risk" : "")
  }

  // A pointer that moves is somebody who wants something: then there is a way out.
  showPointer() {
    setData(this.root, "pointer", "yes")
    clearTimeout(this.pointerTimer)
    this.pointerTimer = setTimeout(() => setData(this.root, "pointer", ""), POINTER_MS)
  }

  // Where the browser lets us, the screen does not go dark.
  async wakeLock() {
    if (document.visibilityState !== "visible") return
    try {
      this.lock = await navigator.wakeLock?.request("screen")
    } catch {
      // not allowed here: the machine's own settings decide
    }
  }

  close() {
    clearInterval(this.timer)
    clearTimeout(this.planned)
    clearTimeout(this.pointerTimer)
    document.removeEventListener("visibilitychange", this.stayAwake)
    this.lock?.release().catch(() => {})
    this.stream.close()
    this.alerts.close()
  }
}

function makeClocks(zone) {
  const make = (options) => {
    try {
      return new Intl.DateTimeFormat("en-GB", { ...options, ...(zone ? { timeZone: zone } : {}) })
    } catch {
      return new Intl.DateTimeFormat("en-GB", options) // a zone that this browser does not know
    }
  }
  return {
    time: make({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }),
    date: make({ weekday: "long", day: "numeric", month: "long" }),
  }
}

const walls = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  if (!walls.has(parentElement)) walls.set(parentElement, new Wall(parentElement))
  const wall = walls.get(parentElement)
  wall.use(data, setTriggerValue)
  return () => {
    wall.close()
    walls.delete(parentElement)
  }
}
