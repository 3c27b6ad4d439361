// The number before the tab's title, whoever writes the title: it changes from page to page.

const BADGE = /^\(\d+\) /

class TitleBadge {
  constructor() {
    this.count = 0
    this.observer = new MutationObserver(() => this.apply())
    const title = document.querySelector("title")
    if (title) this.observer.observe(title, { childList: true, characterData: true, subtree: true })
  }

  show(count) {
    this.count = count
    this.apply()
  }

  apply() {
    const own = document.title.replace(BADGE, "")
    const wanted = this.count ? `(${this.count}) ${own}` : own
    if (document.title !== wanted) document.title = wanted
  }

  close() {
    this.observer.disconnect()
    document.title = document.title.replace(BADGE, "")
  }
}
