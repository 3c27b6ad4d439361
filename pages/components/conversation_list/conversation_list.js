// Conversations as links: the whole row opens one, and a new tab works as with any link.

const STANDS = { with_bot: "With bot", waiting: "Waiting", with_agent: "With agent", wrap_up: "Wrap-up" }

function makeEntry(row, url) {
  const made = element("li")
  const link = element("a")
  link.href = `${url}?conversation=${encodeURIComponent(row.link)}`
  link.dataset.link = row.link
  const nobody = row.state === "closed" ? "Nobody wrote" : "Nobody has written yet"
  link.append(bdi(row.customer || (row.has_words ? customerName("") : nobody)))
  setData(made, "words", row.has_words ? "yes" : "")
  const where = [row.channel, row.bot].filter(Boolean).map(isolated).join(", ")
  const how = row.outcome ? sentence(row.outcome) : STANDS[row.state] ?? "No bot"
  const felt = row.sentiment ? `, ${row.sentiment.level}` : ""
  const at = element("span", "at", moment(row.started_ms))
  at.title = exactMoment(row.started_ms)
  made.append(link, bdi(row.topic, "topic quiet"), bdi(where, "where quiet"), element("span", "how", `${how}${row.is_test ? ", test" : ""}${felt}`), at)
  return made
}

function bdi(text, className = "") {
  const made = element("bdi", className, text)
  made.dir = "auto"
  return made
}

export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector(".list")
  list.replaceChildren(...data.rows.map((row) => makeEntry(row, data.conversation_url)))
  list.onclick = (event) => {
    const link = event.target.closest?.("li")?.querySelector("a")
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return // the link opens its own tab
    event.preventDefault()
    setTriggerValue("opened", link.dataset.link)
  }
}
