// What an alert is about, and why it stands.

// Moments stand in a reason as numbers, to be read by the clock of this place.
const MOMENT = /\{(\d{12,14})\}/

function reasonOf(alert) {
  return sentence((alert.reason ?? "").replaceAll(new RegExp(MOMENT, "g"), (_, ms) => shortMoment(Number(ms))))
}

// Since when that goes on which its reason tells of: a wait, a silence; else since when its level has been reached.
function begunMs(alert) {
  const found = (alert.reason ?? "").match(MOMENT)
  return found ? Number(found[1]) : alert.since_ms
}

function shortMoment(ms) {
  const isToday = new Date(ms).toDateString() === new Date().toDateString()
  return isToday ? minuteTime(ms) : `${dayOf(ms)}, ${minuteTime(ms)}`
}

// The conversation an alert is about, as a link; any other subject as text.
function subjectOf(alert, urlOf, onOpen) {
  const line = element("div", "subject")
  const href = urlOf(alert)
  if (!href) {
    line.append(element("bdi", "", alert.subject))
    return line
  }
  const link = element("a")
  link.href = href
  link.append(element("bdi", "", alert.subject || "Open the conversation"))
  link.onclick = (event) => {
    if (isForNewTab(event)) return
    event.preventDefault()
    onOpen(alert)
  }
  line.append(link)
  return line
}

function isForNewTab(event) {
  return event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0
}
