// The name tag: shows who one is to others, lets it be changed, and keeps it in a cookie, which the next visit brings along.

const EDGE_PX = 8
const YEAR_S = 365 * 24 * 3600

class NameTag {
  constructor(parent) {
    this.root = parent.querySelector(".tag")
    this.button = this.root.querySelector(".open")
    this.panel = this.root.querySelector(".panel")
    this.input = this.root.querySelector(".own")
    this.button.onclick = () => this.toggle(this.panel.hidden)
    this.panel.onsubmit = (event) => {
      event.preventDefault()
      this.save()
    }
    this.root.onkeydown = (event) => {
      if (event.key === "Escape" && !this.panel.hidden) this.toggle(false, { focus: true })
    }
    // Inside a shadow root the target of an outer listener is the host: the path says where it really was.
    this.outside = (event) => {
      if (!event.composedPath().includes(this.root)) this.toggle(false)
    }
    this.look = () => {
      if (document.visibilityState === "visible") this.compare()
    }
    document.addEventListener("pointerdown", this.outside)
    document.addEventListener("visibilitychange", this.look)
  }

  use(data, trigger) {
    this.trigger = trigger
    const isFirst = !this.data
    this.data = data
    this.root.querySelector(".name").textContent = data.name
    this.button.disabled = !data.cookie
    this.button.title = data.cookie ? "Your name, as colleagues see it" : "Your name, as the sign-in gives it"
    if (!data.cookie) return this.toggle(false)
    // What another tab has kept meanwhile counts; afterwards the script's word does.
    if (isFirst && this.compare()) return
    this.keep()
  }

  kept() {
    const own = `${this.data.cookie.name}=`
    return document.cookie.split("; ").find((part) => part.startsWith(own))?.slice(own.length)
  }

  compare() {
    if (!this.data?.cookie) return false
    const kept = this.kept()
    if (!kept || kept === this.data.cookie.value || kept === this.told) return false
    this.told = kept // once: a cookie that is not of our making is not taken over, and written anew by the next run
    this.trigger("found", kept)
    return true
  }

  keep() {
    const { name, value } = this.data.cookie
    if (this.kept() === value) return
    const secure = location.protocol === "https:" ? "; Secure" : ""
    document.cookie = `${name}=${value}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`
  }

  toggle(open, { focus = false } = {}) {
    this.panel.hidden = !open
    this.button.setAttribute("aria-expanded", String(open))
    if (open) {
      this.panel.style.translate = ""
      const { left } = this.panel.getBoundingClientRect()
      if (left < EDGE_PX) this.panel.style.translate = `${EDGE_PX - left}px` // on a phone the tag stands at the left
      this.input.value = this.data.is_given ? this.data.name : ""
      this.input.placeholder = this.data.name
      this.input.select()
      this.input.focus()
    } else if (focus) this.button.focus()
  }

  save() {
    const name = this.input.value.trim()
    this.toggle(false, { focus: true })
    if (name !== this.data.name) this.trigger("named", name)
  }

  close() {
    document.removeEventListener("pointerdown", this.outside)
    document.removeEventListener("visibilitychange", this.look)
  }
}

const tags = new WeakMap()

followPopovers() // the tag is on every page

export default function ({ data, parentElement, setTriggerValue }) {
  if (!tags.has(parentElement)) tags.set(parentElement, new NameTag(parentElement))
  const tag = tags.get(parentElement)
  tag.use(data, setTriggerValue)
  return () => {
    tag.close()
    tags.delete(parentElement)
  }
}
