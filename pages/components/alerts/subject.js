// What an alert is about.

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
