// Small lines: the last two hours of a figure, a point every five minutes, and how it stands now.

const SPARK = { width: 96, height: 20, pad: 2 }

function makeSpark(className = "spark", { width, height } = SPARK) {
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("class", className)
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
  svg.setAttribute("preserveAspectRatio", "none")
  svg.setAttribute("aria-hidden", "true")
  const line = document.createElementNS(SVG, "path")
  line.setAttribute("vector-effect", "non-scaling-stroke")
  svg.append(line)
  return { svg, line, width, height }
}

// Gaps stay gaps. Counts stand on zero; sentiment has zero in its middle.
function drawSpark(spark, values, { isSigned = false } = {}) {
  const known = values.filter((value) => value != null)
  setHidden(spark.svg, known.length === 0)
  if (!known.length) return
  const most = Math.max(...known.map(Math.abs), isSigned ? 0.3 : 1)
  const low = isSigned ? -most : 0
  const step = (spark.width - 2 * SPARK.pad) / Math.max(1, values.length - 1)
  let path = ""
  let isDrawing = false
  values.forEach((value, at) => {
    if (value == null) return void (isDrawing = false)
    const y = spark.height - SPARK.pad - ((value - low) / (most - low)) * (spark.height - 2 * SPARK.pad)
    path += `${isDrawing ? "L" : "M"}${round1(SPARK.pad + at * step)} ${round1(y)}`
    if (!isDrawing && values[at + 1] == null) path += "h0.01"
    isDrawing = true
  })
  if (spark.line.getAttribute("d") !== path) spark.line.setAttribute("d", path)
}

function round1(value) {
  return Math.round(value * 10) / 10
}
