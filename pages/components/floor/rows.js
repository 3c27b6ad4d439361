// One row of the table: made once, patched in place ever after.

const LINE = { width: 72, height: 22, reach: 0.6 }

function makeRow(key) {
  const row = element("div", "row")
  row.setAttribute("role", "row")
  row.dataset.key = key
  const parts = { row }
  row.append(makeNeed(parts), makeWho(parts), makeHas(parts), makeFor(parts), makeFeel(parts), makeActs(parts))
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

function makeActs(parts) {
  parts.console = element("a", "act console-link")
  parts.console.target = "_blank"
  parts.console.rel = "noopener noreferrer"
  parts.console.tabIndex = -1
  parts.console.append(makeIcon("M14 4h6v6M20 4 11 13M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5"))
  parts.unfold = element("button", "act unfold")
  parts.unfold.type = "button"
  parts.unfold.tabIndex = -1
  parts.unfold.setAttribute("aria-expanded", "false")
  parts.unfold.append(makeIcon("m6 9 6 6 6-6"))
  return cell("c-acts", parts.console, parts.unfold)
}

function makeIcon(path) {
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("viewBox", "0 0 24 24")
  svg.setAttribute("class", "icon")
  svg.setAttribute("aria-hidden", "true")
  const line = document.createElementNS(SVG, "path")
  line.setAttribute("d", path)
  svg.append(line)
  return svg
}

function patchActs(parts, payload) {
  const name = payload.customer || "this conversation"
  // Checked where settings are read as well: nothing but the web may open from here.
  const isWeb = /^https?:\/\//i.test(payload.console ?? "")
  setHidden(parts.console, !isWeb)
  if (isWeb && parts.console.getAttribute("href") !== payload.console) parts.console.href = payload.console
  setLabel(parts.console, `Open ${name} in the console`)
  setLabel(parts.unfold, `Details of ${name}`)
}

function setLabel(node, label) {
  if (node.getAttribute("aria-label") === label) return
  node.setAttribute("aria-label", label)
  node.title = label
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
  setText(parts.customer, customerName(payload.customer))
  const href = `${conversationUrl}?conversation=${encodeURIComponent(payload.link)}`
  if (parts.link.getAttribute("href") !== href) parts.link.setAttribute("href", href)
  setText(parts.topic, payload.topic)
  patchCare(parts, payload)
  setText(parts.reasons, sentence(payload.reasons.join(" · ")))
  if (parts.reasons.title !== payload.reasons.join("\n")) parts.reasons.title = payload.reasons.join("\n")
  setText(parts.state, STATES[payload.state] ?? payload.state)
  setText(parts.handler, payload.state === "waiting" ? "" : payload.handler)
  setText(parts.place, [payload.channel_label, payload.queue].filter(Boolean).map(isolated).join(" · "))
  if (parts.place.title !== parts.place.textContent) parts.place.title = parts.place.textContent
  patchActs(parts, payload)
  patchFeeling(parts, payload, was)
}

// Who looks after it: quiet, but there, so that nobody jumps in beside somebody else.
function patchCare(parts, { claimed_by: claimedBy, num_watching: numWatching }) {
  setHidden(parts.claim, !claimedBy)
  setText(parts.claim, claimedBy ? `${isolated(claimedBy)} is on it` : "")
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

