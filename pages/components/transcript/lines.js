// One line of the transcript: a message, an event or the heading of a session. Text from outside is only ever set as textContent.

const FOLD = { characters: 1200, shown: 700 }
const ROLES = { customer: "customer", bot: "bot", agent: "agent", supervisor: "supervisor", system: "system", internal: "internal" }
const ENDS = {
  handoff: "ended by escalation", end: "ended with the conversation", timeout: "ended by silence", transfer: "ended by transfer", open: "still going",
}

// `frame` says what times are told by: the day it began on, or, of what was spoken, its beginning.
function makeLine(line, frame, unfolded) {
  const made = { session: makeSession, event: makeEvent, message: makeMessage }[line.shape](line, frame, unfolded)
  made.classList.add("line", line.shape)
  made.classList.toggle("private", line.private)
  made.dataset.key = line.key
  setData(made, "deciding", line.deciding ? "yes" : "")
  return made
}

function makeSession(line) {
  const made = element("div")
  made.dataset.role = line.role
  const heading = element("h3")
  heading.append(bdi(line.name), document.createTextNode(`, ${line.title}`))
  if (line.wait_ms != null) made.dataset.takeover = "yes"
  const tookOver = line.wait_ms == null ? "" : `took over after ${span(line.wait_ms)}`
  const about = [tookOver, isolated(line.queue ?? ""), line.duration_ms == null ? "" : span(line.duration_ms), ENDS[line.end] ?? ""]
  made.append(heading, element("span", "about", about.filter(Boolean).join(" · ")))
  made.title = `Session from ${exactMoment(line.at_ms)}`
  return made
}

function makeEvent(line, frame, unfolded) {
  const made = element("div")
  made.dataset.icon = line.icon
  const note = element("div", "note")
  const said = element("div", "said")
  said.append(element("span", "what", line.title + staying(line)))
  if (line.private) said.append(element("span", "tag is-private", "Private: customers do not see it"))
  if (line.deciding) said.append(element("span", "tag is-deciding", "Decided the outcome"))
  said.append(makeTime(line, frame))
  note.append(said)
  if (line.text) note.append(makeText(line, unfolded))
  if (line.facts.length) note.append(makeVariables(line.facts))
  note.title = line.wire_type
  made.append(note)
  return made
}

function staying(line) {
  if (line.end === "accepted") return `, accepted after ${span(line.duration_ms)}`
  return line.end === "left" ? `, left after ${span(line.duration_ms)}` : ""
}

// Names beside values, as a table is read.
function makeVariables(facts) {
  const made = element("dl", "variables")
  for (const [name, value] of facts) {
    const [key, said] = [element("dt"), element("dd")]
    key.append(bdi(name))
    said.append(bdi(value || "–"))
    made.append(key, said)
  }
  return made
}

function makeMessage(line, frame, unfolded) {
  const made = element("article")
  made.dataset.role = line.role
  made.dataset.side = line.role === "customer" ? "left" : "right"
  const meta = element("div", "meta")
  const name = bdi(line.name || sentence(ROLES[line.role]))
  name.className = "name"
  const role = element("span", "role", ROLES[line.role] ?? line.role)
  if (line.inferred) role.title = "Inferred: the source does not say which side this person is on"
  meta.append(name, role, makeTime(line, frame))
  if (line.spoken_ms != null) meta.append(makeLasted(line.spoken_ms))
  if (line.private) meta.append(element("span", "tag is-private", "Private: customers do not see it"))
  if (line.title) meta.append(makeSuggestion(line))
  if (line.deleted) meta.append(element("span", "tag is-private", "Deleted later"))
  if (line.deciding) meta.append(element("span", "tag is-deciding", "Decided the outcome"))
  const bubble = element("div", "bubble")
  bubble.append(makeText(line, unfolded))
  made.append(meta, bubble)
  if (line.score) made.append(makeFeeling(line.score, line.after))
  return made
}

const FATES = { used: "used", dismissed: "dismissed", ignored: "not used", open: "not used so far" }

// To whom a bot suggested it, and what became of that.
function makeSuggestion(line) {
  const fate = `${FATES[line.end] ?? line.end}${line.duration_ms == null ? "" : ` after ${span(line.duration_ms)}`}`
  const made = element("span", "tag is-suggestion")
  made.dataset.fate = line.end
  made.append(bdi(line.title), document.createTextNode(`: ${fate}`))
  if (line.told) made.title = sentence(line.told)
  return made
}

// Long messages are folded: a hundred thousand characters are put into the page only when somebody wants to read them.
function makeText(line, unfolded) {
  const made = element("div", "words")
  const text = element("div", "text")
  text.dir = "auto"
  made.append(text)
  if (!line.text) {
    text.textContent = "No text: an attachment, a card or an empty message"
    text.dataset.none = "yes"
    return made
  }
  const isFolded = line.text.length > FOLD.characters && !unfolded.has(line.key)
  text.textContent = isFolded ? `${wholeCharacters(line.text, FOLD.shown)} …` : line.text
  if (isFolded) {
    const button = element("button", "unfold", `Show all ${grouped(line.text.length + line.num_cut)} characters`)
    button.type = "button"
    button.onclick = () => {
      unfolded.add(line.key)
      made.replaceWith(makeText(line, unfolded))
    }
    made.append(button)
  } else if (line.num_cut) {
    made.append(element("div", "cut", `${grouped(line.num_cut)} more characters are in the export of messages.`))
  }
  return made
}

// Not in the middle of a pair that makes one character.
function wholeCharacters(text, end) {
  const code = text.charCodeAt(end - 1)
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? end - 1 : end)
}

function makeFeeling(score, after) {
  const made = element("span", "feeling")
  made.dataset.rank = score.rank
  made.append(element("span", "dot"), element("span", "level", `${score.level} ${signed(score.value)}`))
  made.title = after ? `Estimated. After it, the conversation's sentiment was ${after.level}, ${signed(after.value)}` : "Estimated"
  return made
}

// How long it took to say it, to a tenth of a second.
function makeLasted(ms) {
  const made = element("span", "lasted", ms < 60000 ? `${(ms / 1000).toFixed(1)}\u202fs` : span(ms))
  made.title = "How long this was spoken"
  return made
}

function makeTime(line, frame) {
  const isSpoken = frame.isVoice || line.offset_ms != null
  const words = isSpoken ? offsetWords(line.offset_ms ?? line.at_ms - frame.startedMs) : momentWords(line.at_ms, frame.dayOfStart)
  const made = element("time", "time", words)
  made.dateTime = new Date(line.at_ms).toISOString()
  made.title = exactMoment(line.at_ms)
  if (!line.time_known && line.offset_ms == null) {
    made.textContent = "no time"
    made.title = "The source gives no time for it; it stands where the source has it"
  }
  return made
}

function bdi(text) {
  const made = element("bdi", "", text)
  made.dir = "auto"
  return made
}

// The time; with the day where that is not the one the conversation began on.
function momentWords(ms, dayOfStart) {
  const day = dayOf(ms)
  return day === dayOfStart ? clockTime(ms) : `${day}, ${clockTime(ms)}`
}

// How far into what was said: 0:07, 12:30, 1:02:03.
function offsetWords(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const parts = hours ? [hours, String(minutes).padStart(2, "0")] : [minutes]
  return [...parts, String(seconds % 60).padStart(2, "0")].join(":")
}
