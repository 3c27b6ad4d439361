// Something that a person wants the page's script to do. After a restart of the server the script's own connection comes back later
// than the streams do, and what is sent before that is lost. So a wish is sent again until what it asks for is seen, or for long
// enough; the script takes the same wish twice for one.

const AGAIN_MS = 2500
const PATIENCE_MS = 20000

class Wish {
  constructor(send) {
    this.send = send
    this.beganMs = Date.now()
    this.go()
  }

  go() {
    this.sentMs = Date.now()
    this.send()
  }

  // Whether it has not been heard the first time.
  isLate() {
    return Date.now() - this.beganMs >= AGAIN_MS
  }

  // Whether there is still hope. To be asked every second.
  tick() {
    if (Date.now() - this.beganMs > PATIENCE_MS) return false
    if (Date.now() - this.sentMs >= AGAIN_MS) this.go()
    return true
  }
}
