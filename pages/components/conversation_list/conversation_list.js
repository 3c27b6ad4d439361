// Conversations as rows of a table: the whole row opens one, and its name is a link, so a new tab works as with any link.

const COLUMNS = [
  ["who", "Customer"], ["ended", "Ended, or began"], ["how", "Outcome"], ["bot", "Bot, topic"], ["place", "Queue, channel"],
  ["mood", "Sentiment"], ["count", "Messages, time"],
]

const SAID = {
  ended: "Of those still open: when they began",
  mood: "Estimated, at the end; so far where it is open",
  count: "Of all sides, and from the first activity to the end",
}

function makeHead() {
  const head = element("thead"), row = element("tr")
  for (const [name, label] of COLUMNS) {
    const cell = element("th", name, label)
    cell.scope = "col"
    cell.title = SAID[name] ?? ""
    row.append(cell)
  }
  head.append(row)
  return head
}

function makeRow(entry, url) {
  const row = element("tr")
  row.append(
    makeCell("who", makeLink(entry, url), bdi(entry.id, "quiet")),
    makeCell("ended", element("span", "", entry.day), element("span", "quiet", entry.time)),
    makeCell("how", makeOutcome(entry), bdi(entry.reason, "quiet")),
    makeCell("bot", bdi(entry.bot), bdi(entry.topic, "quiet")),
    makeCell("place", bdi(entry.queue), bdi(entry.channel, "quiet")),
    makeCell("mood", element("span", "", sentence(entry.level)), element("span", "quiet", entry.score)),
    makeCell("count", element("span", "", entry.messages), element("span", "quiet", entry.lasted)),
  )
  return row
}

// What was said that is searched for, in a line of its own.
function makeSaid(entry) {
  const row = element("tr", "said"), cell = element("td"), text = element("bdi")
  cell.colSpan = COLUMNS.length
  text.dir = "auto"
  text.append(...entry.said.map(([part, isHit]) => (isHit ? element("mark", "", part) : part)))
  cell.append(element("span", "quiet", `${sentence(entry.speaker)}: `), text)
  row.append(cell)
  return row
}

function makeCell(name, ...parts) {
  const cell = element("td", name)
  cell.append(...parts)
  return cell
}

function makeLink(entry, url) {
  const link = element("a")
  link.href = `${url}?conversation=${encodeURIComponent(entry.link)}`
  link.dataset.link = entry.link
  link.append(bdi(customerName(entry.customer)))
  setData(link, "words", entry.has_words ? "yes" : "")
  return link
}

function makeOutcome(entry) {
  const made = element("span", "", sentence(entry.outcome))
  for (const mark of entry.marks) made.append(" ", element("span", "mark", mark))
  return made
}

function bdi(text, className = "") {
  const made = element("bdi", className, text)
  made.dir = "auto"
  made.title = text // narrow columns cut it off
  return made
}

export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector(".list")
  const body = element("tbody")
  body.append(
    ...data.rows.flatMap((entry) => [makeRow(entry, data.conversation_url), ...(entry.said.length ? [makeSaid(entry)] : [])]),
  )
  list.replaceChildren(...(data.rows.length ? [makeHead(), body] : []))
  list.onclick = (event) => {
    const row = event.target.closest?.("tbody tr")
    const link = (row?.classList.contains("said") ? row.previousElementSibling : row)?.querySelector("a")
    if (!link || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey) {
      if (!event.target.closest("a")) window.open(link.href, "_blank", "noopener") // the link itself opens its own tab
      return
    }
    event.preventDefault()
    if (!window.getSelection()?.toString()) setTriggerValue("opened", link.dataset.link) // who marks text to copy it stays
  }
}
