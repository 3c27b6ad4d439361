// Views as links by page. Names are somebody's own words: only ever set as textContent.

function makeGroup(group) {
  const made = element("section"), list = element("ul")
  made.append(element("h4", "", group.title), list)
  list.append(...group.links.map(makeLink))
  return made
}

function makeLink(view) {
  const item = element("li"), link = element("a"), name = element("bdi", "", view.name)
  name.dir = "auto"
  link.href = view.address
  link.append(name)
  item.append(link)
  if (view.who) item.append(element("span", "quiet", view.who))
  return item
}

export default function ({ data, parentElement }) {
  parentElement.querySelector(".views").replaceChildren(...data.groups.map(makeGroup))
}
