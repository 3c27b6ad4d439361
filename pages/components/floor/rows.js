// One row of the table: made once, patched in place ever after.

const LINE = { width: 72, height: 22, reach: 0.6 }

function makeRow(key) {
  const row = element("div", "row")
  row.setAttribute("role", "row")
  row.dataset.key = key
  const parts = { row }
  row.append(makeNeed(parts), makeWho(parts), makeHas(parts), makeFor(parts), makeFeel(parts))
  return parts
}

function cell(className, ...children) {
  const made = element("div", className)
  made.setAttribute("role", "cell")
  made.append(...children)
  return made
}

function makeNeed(parts) {
  parts.score = element("span", "score")
  parts.fill = element("span", "fill")
  const gauge = element("span", "gauge")
  gauge.append(parts.fill)
  parts.band = element("span", "band-text")
  const band = element("span", "band")
  band.append(element("span", "shape"), parts.band)
  return cell("c-need", parts.score, gauge, band)
}

function makeWho(parts) {
  parts.link = element("a", "open-link")
  parts.link.tabIndex = -1
  parts.customer = element("bdi")
  parts.link.append(parts.customer)
  parts.topic = element("bdi", "topic")
  const first = element("div", "line-1")
  parts.claim = element("bdi", "claim")
  parts.watching = element("span", "watching")
  first.append(parts.link, parts.topic, parts.claim, parts.watching)
  parts.reasons = element("div", "reasons")
  return cell("c-who", first, parts.reasons)
}

function makeHas(parts) {
  parts.state = element("span", "state")
  parts.handler = element("bdi", "handler")
  const first = element("div", "line-1")
  first.append(parts.state, parts.handler)
  parts.place = element("div", "place")
  return cell("c-has", first, parts.place)
}

function makeFor(parts) {
  parts.clock = element("span", "clock")
  return cell("c-for", parts.clock)
}

function makeFeel(parts) {
  parts.svg = document.createElementNS(SVG, "svg")
  parts.svg.setAttribute("viewBox", `0 0 ${LINE.width} ${LINE.height}`)
  parts.svg.setAttribute("aria-hidden", "true")
  parts.zero = document.createElementNS(SVG, "line")
  for (const [name, value] of [["x1", 0], ["x2", LINE.width], ["y1", LINE.height / 2], ["y2", LINE.height / 2]]) {
    parts.zero.setAttribute(name, value)
  }
  parts.path = document.createElementNS(SVG, "polyline")
  parts.dot = document.createElementNS(SVG, "circle")
  parts.dot.setAttribute("r", 2.5)
  parts.svg.append(parts.zero, parts.path, parts.dot)
  parts.level = element("span", "level")
  parts.value = element("span", "feel-value")
  const words = element("span", "feel-words")
  words.append(parts.level, parts.value)
  parts.feel = words
  return cell("c-feel", parts.svg, words)
}

function patchRow(parts, payload, conversationUrl) {
  const was = parts.payload
  parts.payload = payload
  setData(parts.row, "band", payload.band)
  setData(parts.row, "state", payload.state)
  setText(parts.score, String(payload.need))
  if (was?.need !== payload.need) parts.fill.style.width = `${payload.need}%`
  setText(parts.band, BANDS[payload.band])
  const name = payload.customer || "Unknown customer"
  setText(parts.customer, name)
  const href = `${conversationUrl}?conversation=${encodeURIComponent(payload.link)}`
  if (parts.link.getAttribute("href") !== href) parts.link.setAttribute("href", href)
  setText(parts.topic, payload.topic)
  patchCare(parts, payload)
  setText(parts.reasons, sentence(payload.reasons.join(" · ")))
  if (parts.reasons.title !== payload.reasons.join("\n")) parts.reasons.title = payload.reasons.join("\n")
  setText(parts.state, STATES[payload.state] ?? payload.state)
  setText(parts.handler, payload.state === "waiting" ? "" : payload.handler)
  setText(parts.place, [payload.channel, payload.queue].filter(Boolean).join(" · "))
  patchFeeling(parts, payload, was)
}

// Who looks after it: quiet, but there, so that nobody jumps in beside somebody else.
function patchCare(parts, { claimed_by: claimedBy, num_watching: numWatching }) {
  setHidden(parts.claim, !claimedBy)
  setText(parts.claim, claimedBy ? `${claimedBy} is on it` : "")
  setHidden(parts.watching, !numWatching)
  setText(parts.watching, numWatching ? `${numWatching} watching` : "")
}

function patchFeeling(parts, payload, was) {
  setData(parts.row, "rank", payload.rank)
  setText(parts.level, payload.level ? sentence(payload.level) : "No score")
  setText(parts.value, payload.sentiment == null ? "" : signed(payload.sentiment))
  const basis = payload.num_scored === 1 ? "1 scored message" : `${payload.num_scored} scored messages`
  parts.feel.title = payload.level ? `An estimate from ${basis}` : "No message could be scored"
  if (was && String(was.line) === String(payload.line)) return
  const points = linePoints(payload.line)
  setHidden(parts.svg, points.length === 0)
  if (points.length === 0) return
  parts.path.setAttribute("points", points.map((point) => point.join(",")).join(" "))
  const [x, y] = points[points.length - 1]
  parts.dot.setAttribute("cx", x)
  parts.dot.setAttribute("cy", y)
}

// A conversation starts neutral, so does its line; a short one does not stretch over the whole width.
function linePoints(line) {
  if (!line.length) return []
  const values = [0, ...line]
  const step = Math.min(10, (LINE.width - 6) / (values.length - 1))
  return values.map((value, at) => {
    const share = Math.max(-1, Math.min(1, value / LINE.reach))
    return [round1(2 + at * step), round1(LINE.height / 2 - share * (LINE.height / 2 - 3))]
  })
}

function round1(value) {
  return Math.round(value * 10) / 10
}

function byNeed(left, right) {
  return right.need - left.need || left.since_ms - right.since_ms || (left.key < right.key ? -1 : 1)
}

function passes(payload, filter) {
  const among = (list, value) => !list?.length || list.includes(value)
  if (!among(filter.channels, payload.channel) || !among(filter.queues, payload.queue)) return false
  if (!among(filter.bots, payload.bot) || !among(filter.states, payload.state)) return false
  const text = (filter.text ?? "").trim().toLocaleLowerCase()
  if (!text) return true
  const where = [payload.customer, payload.id, payload.topic, payload.handler, payload.queue, payload.claimed_by, ...payload.reasons]
  return where.some((part) => part.toLocaleLowerCase().includes(text))
}
