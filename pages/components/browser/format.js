// Words for times and numbers, and small things for making elements. Text from outside is only ever set as textContent.

const SVG = "http://www.w3.org/2000/svg"
const BANDS = { normal: "", at_risk: "At risk", critical: "Critical" }
const STATES = { with_bot: "Bot", waiting: "Waiting", with_agent: "Agent", wrap_up: "Wrap-up" }

function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`
  return `${Math.floor(hours / 24)} days`
}

function exactSpan(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const parts = [[Math.floor(seconds / 3600), "h"], [Math.floor(seconds / 60) % 60, "min"], [seconds % 60, "s"]]
  return parts.filter(([count], at) => count || at === 2).map(([count, unit]) => `${count} ${unit}`).join(" ")
}

// Moments, as pages/components/formats.py writes them: 24 hours, English months, by the clock of the viewer's zone.
const HOURS = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
const MINUTE = new Intl.DateTimeFormat("en-GB", HOURS)
const SECOND = new Intl.DateTimeFormat("en-GB", { ...HOURS, second: "2-digit" })
const [MONTH, WEEKDAY] = ["month", "weekday"].map((part) => new Intl.DateTimeFormat("en-US", { [part]: "short" }))

function clockTime(ms) {
  return SECOND.format(ms)
}

function minuteTime(ms) {
  return MINUTE.format(ms)
}

function dayOf(ms) {
  return `${new Date(ms).getDate()} ${MONTH.format(ms)}`
}

function moment(ms) {
  return `${dayOf(ms)} ${new Date(ms).getFullYear()}, ${minuteTime(ms)}`
}

// For the pointer: nothing is left to guess.
function exactMoment(ms) {
  return `${WEEKDAY.format(ms)} ${dayOf(ms)} ${new Date(ms).getFullYear()}, ${clockTime(ms)}, ${zoneName()}`
}

function zoneName() {
  return MINUTE.resolvedOptions().timeZone
}

// 1,234, as in Python.
function grouped(count) {
  return count.toLocaleString("en-US")
}

// A true minus sign is as wide as the plus, so that columns of figures stay aligned.
function signed(value) {
  const text = Math.abs(value).toFixed(2)
  if (Number(text) === 0) return text
  return value < 0 ? `−${text}` : `+${text}`
}

// Who it is about, where the source may not say.
function customerName(name) {
  return name || "Unnamed customer"
}

// A name within words of ours: where it is written from the right, what stands beside it stays where it is.
const FROM_THE_RIGHT = /[\u0590-\u08ff\ufb1d-\ufefc]/
function isolated(name) {
  return FROM_THE_RIGHT.test(name) ? `\u2068${name}\u2069` : name
}

function sentence(text) {
  return text ? text[0].toUpperCase() + text.slice(1) : ""
}

function element(tag, className, text) {
  const made = document.createElement(tag)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

// Writing the same text again would clear a selection and wake screen readers.
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text
}

function setData(node, name, value) {
  const text = String(value ?? "")
  if (node.dataset[name] !== text) node.dataset[name] = text
}

function setHidden(node, hidden) {
  node.toggleAttribute("hidden", hidden) // an attribute: drawings have no such property
}

// Seven levels of sentiment out of the ten colours of the theme's diverging scale, for style sheets: --rank-0 to --rank-6.
function setRankColours(root, scale) {
  const colours = scale.split(",")
  const places = [0, 1, 2, 4, 7, 8, 9]
  places.forEach((at, rank) => root.style.setProperty(`--rank-${rank}`, colours[at]?.trim() || "currentColor"))
}
