// A short tone, off until somebody wants it; each browser remembers. Browsers play nothing before the page has been clicked once.

const SOUND = "floorwalker.alerts.sound"
const RING_MS = 2000
const TONES = [[880, 0], [660, 0.14]]

class Sound {
  constructor(root) {
    this.box = root.querySelector(".sound-on")
    this.note = root.querySelector(".sound-note")
    this.box.checked = readStored(SOUND) === "on"
    this.box.onchange = () => {
      writeStored(SOUND, this.box.checked ? "on" : "off")
      if (this.box.checked) this.play()
      else setText(this.note, "")
    }
    root.querySelector(".try").onclick = () => this.play()
    // The first click anywhere lets sounds through from then on.
    this.unlock = () => {
      if (this.box.checked) this.ready()
    }
    document.addEventListener("pointerdown", this.unlock, { once: true })
    document.addEventListener("keydown", this.unlock, { once: true })
  }

  async ready() {
    this.context ??= new AudioContext()
    if (this.context.state !== "running") await Promise.race([this.context.resume(), new Promise((done) => setTimeout(done, 300))])
    return this.context.state === "running"
  }

  // However many alerts come at once, it is one sound.
  async ring() {
    if (!this.box.checked || Date.now() - (this.rangMs ?? 0) < RING_MS) return
    this.rangMs = Date.now()
    await this.play()
  }

  async play() {
    let isReady = false
    try {
      isReady = await this.ready()
    } catch {
      isReady = false // no sound on this machine
    }
    setText(this.note, isReady ? "" : "This browser plays no sound until the page has been clicked.")
    if (isReady) for (const [pitch, after] of TONES) this.tone(pitch, this.context.currentTime + after)
  }

  tone(pitch, at) {
    const tone = this.context.createOscillator()
    const volume = this.context.createGain()
    tone.frequency.value = pitch
    volume.gain.setValueAtTime(0.0001, at)
    volume.gain.exponentialRampToValueAtTime(0.12, at + 0.02)
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.22)
    tone.connect(volume).connect(this.context.destination)
    tone.start(at)
    tone.stop(at + 0.25)
  }

  close() {
    document.removeEventListener("pointerdown", this.unlock)
    document.removeEventListener("keydown", this.unlock)
    this.context?.close()
  }
}

// A browser may forbid keeping anything.
function readStored(name) {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}

function writeStored(name, value) {
  try {
    localStorage.setItem(name, value)
  } catch {
    // then it is asked again next time
  }
}
