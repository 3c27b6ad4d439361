// Who needs what of whom: the need as on the floor, who is on it, who watches. Names are only ever set as text.

// What was said about a wish stands for so long.
const ANSWER_MS = 6000
const CARE_BANDS = { normal: "Need", at_risk: "At risk", critical: "Critical" }

class Care {
  constructor(root, onWish) {
    this.part = (name) => root.querySelector(`.head .${name}`)
    this.onWish = onWish
    this.holders = []
    this.part("take").onclick = () => this.wishFor("take")
    this.part("over").onclick = () => this.wishFor("take_over")
    this.part("release").onclick = () => this.wishFor("release")
    this.part("copy").onclick = () => this.copyLink()
  }

  use({ badge, console: address }) {
    this.badge = badge
    this.showConsole(address)
  }

  show(head) {
    this.head = head
    this.showNeed()
    this.holders = head.holders
    this.settleWish()
    this.showHolders()
    this.showWatchers()
  }

  showNeed() {
    const { need, band, reasons } = this.head
    const care = this.part("care")
    setHidden(care, need == null)
    if (need == null) return
    setData(care, "band", band)
    setText(this.part("band"), band === "normal" ? `${CARE_BANDS[band]} ${need}` : `${CARE_BANDS[band]}, need ${need}`)
    setText(this.part("reasons"), sentence(reasons.join(" · ")) || "Nothing calls for anybody")
  }

  isMine() {
    return this.holders.some((holder) => holder.badge === this.badge)
  }

  showHolders() {
    const isOpen = this.head.ended_ms == null
    const mine = this.isMine()
    const [first] = this.holders
    const isWaiting = Boolean(this.wish)
    for (const name of ["take", "over", "release"]) this.part(name).disabled = isWaiting
    setHidden(this.part("take"), !isOpen || this.holders.length > 0)
    setHidden(this.part("over"), !isOpen || !first || mine)
    setHidden(this.part("release"), !mine)
    setText(this.part("over"), first ? `Take over from ${isolated(first.name)}` : "")
    const holding = this.part("holding")
    setHidden(holding, !first)
    if (!first) return
    const names = this.holders.map((holder) => (holder.badge === this.badge ? "You" : isolated(holder.name)))
    const verb = names.length > 1 || names[0] === "You" ? "are" : "is"
    setText(holding, `${names.join(" and ")} ${verb} on it since ${minuteTime(first.since_ms)}`)
    holding.title = exactMoment(first.since_ms)
  }

  showWatchers() {
    const others = this.head.watching.filter((each) => each.badge !== this.badge).map((each) => isolated(each.name))
    const isSeen = this.head.watching.length > others.length
    const watchers = this.part("watchers")
    setHidden(watchers, this.head.watching.length === 0)
    const names = [...(isSeen ? ["you"] : []), ...others]
    setText(watchers, others.length ? `Watching: ${names.join(", ")}` : "Only you are watching")
  }

  wishFor(what) {
    setText(this.part("answer"), "")
    this.wished = what
    this.wish = new Wish(() => this.onWish(what))
    this.showHolders()
  }

  // Whether what is told now answers the wish: as wished, or somebody was quicker.
  settleWish() {
    if (!this.wish) return
    const what = this.wished
    const isDone = what === "release" ? !this.isMine() : this.isMine() || this.head.ended_ms != null
    const quicker = what === "take" && !this.isMine() && this.holders[0]
    if (!isDone && !quicker) return
    this.wish = null
    this.say("")
    if (quicker) this.say(`${isolated(quicker.name)} was quicker and is on it`)
  }

  say(text) {
    this.saidMs = Date.now()
    setText(this.part("answer"), text)
  }

  tick(nowMs) {
    if (!this.head) return
    const { state, since_ms: since, target_s: target } = this.head
    const waits = this.part("waits")
    const isWaiting = state === "waiting" && since != null
    setHidden(waits, !isWaiting)
    if (isWaiting) {
      setText(waits, `Waiting ${span(nowMs - since)}`)
      setData(waits, "over", target && nowMs - since >= target * 1000 ? "yes" : "")
      waits.title = `${exactSpan(nowMs - since)}, since ${clockTime(since)}`
    }
    if (this.wish && !this.wish.tick()) {
      this.wish = null
      this.showHolders()
      this.say("That did not go through. Try again.")
    } else if (this.wish) {
      if (this.wish.isLate()) this.say("Not heard yet, trying again …")
    } else if (this.saidMs && Date.now() - this.saidMs > ANSWER_MS) {
      this.saidMs = 0
      setText(this.part("answer"), "")
    }
  }

  showConsole(address) {
    if (!address || this.link) return
    this.link = element("a", "console", "Open in console")
    this.link.href = address
    this.link.target = "_blank"
    this.link.rel = "noopener noreferrer"
    this.part("ways").append(this.link)
  }

  async copyLink() {
    if (!this.head) return
    const query = encodeURIComponent(`${this.head.source}:${this.head.id}`).replaceAll("%3A", ":")
    const address = `${location.origin}${location.pathname}?conversation=${query}`
    const isCopied = await copyText(address)
    setText(this.part("copy"), isCopied ? "Copied" : "Not copied: see “Id and link”")
    clearTimeout(this.copied)
    this.copied = setTimeout(() => setText(this.part("copy"), "Copy link"), 2500)
  }
}

// Browsers have a clipboard only on https and localhost; elsewhere the old way still works in most.
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    const field = document.createElement("textarea")
    field.value = text
    field.style.position = "fixed"
    field.style.opacity = "0"
    document.body.append(field)
    field.select()
    const isCopied = document.execCommand("copy")
    field.remove()
    return isCopied
  }
}
