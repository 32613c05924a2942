// What lies on the ground: marks of four kinds, told apart by shape as well as by colour, gathered where they are many.
const SIZE = 26
const KINDS = ["open", "overdue", "done", "incident"]
const EMPTY = { type: "FeatureCollection", features: [] }

const SHAPES = {
  open: (pen, middle, reach) => pen.arc(middle, middle, reach * 0.82, 0, 2 * Math.PI),
  overdue: (pen, middle, reach) => corners(pen, middle, middle + reach * 0.12, reach * 1.08, 3, -Math.PI / 2),
  done: (pen, middle, reach) => pen.roundRect(middle - reach * 0.74, middle - reach * 0.74, reach * 1.48, reach * 1.48, 4),
  incident: (pen, middle, reach) => corners(pen, middle, middle, reach, 6, 0),
}
const SIGNS = {
  open: (pen, x) => pen.arc(x, x, 3, 0, 2 * Math.PI),
  overdue: (pen, x) => { pen.roundRect(x - 1.25, x - 4, 2.5, 6.5, 1); pen.roundRect(x - 1.25, x + 4, 2.5, 2.5, 1) },
  incident: (pen, x) => { for (const dx of [-4, 0, 4]) { pen.moveTo(x + dx + 1.4, x); pen.arc(x + dx, x, 1.4, 0, 2 * Math.PI) } },
}

function corners(pen, x, y, reach, count, turn) {
  for (let i = 0; i < count; i++) {
    const angle = turn + (i * 2 * Math.PI) / count
    pen.lineTo(x + reach * Math.cos(angle), y + reach * Math.sin(angle))
  }
  pen.closePath()
}

function drawn(kind, colour, ground) {
  const scale = 2
  const canvas = new OffscreenCanvas(SIZE * scale, SIZE * scale)
  const pen = canvas.getContext("2d")
  pen.scale(scale, scale)
  pen.lineJoin = "round"
  pen.beginPath()
  SHAPES[kind](pen, SIZE / 2, SIZE / 2 - 2.5)
  pen.lineWidth = 4
  pen.strokeStyle = ground
  pen.stroke()
  pen.fillStyle = colour
  pen.fill()
  pen.beginPath()
  if (kind === "done") {
    pen.lineWidth = 2
    pen.lineCap = "round"
    pen.moveTo(9, 13.4)
    pen.lineTo(12, 16.2)
    pen.lineTo(17.2, 10.2)
    pen.stroke()
  } else {
    SIGNS[kind](pen, SIZE / 2)
    pen.fillStyle = ground
    pen.fill()
  }
  return { data: pen.getImageData(0, 0, SIZE * scale, SIZE * scale), pixelRatio: scale }
}

// [{id, lat, lon, kind, label, url}, …], or the same as GeoJSON.
export function collected(told) {
  if (told?.type === "FeatureCollection") return told
  const features = (told ?? []).filter((one) => Number.isFinite(one.lat) && Number.isFinite(one.lon)).map(({ lat, lon, ...properties }) => ({
    type: "Feature",
    geometry: { type: "Point", coordinates: [lon, lat] },
    properties: { ...properties, kind: KINDS.includes(properties.kind) ? properties.kind : "open" },
  }))
  return { type: "FeatureCollection", features }
}

// The one that was selected, also while it is gathered with others.
export function chosen(collection, id) {
  return { type: "FeatureCollection", features: collection.features.filter((one) => String(one.properties.id) === id) }
}

export function withMarks(style, colours, marks, selected, theme) {
  const count = { layout: { "text-allow-overlap": true, "text-font": ["Inter Semibold", "Inter"] } }
  const late = [">", ["get", "late"], 0]
  style.sources.marks = {
    type: "geojson", data: marks ?? EMPTY, cluster: true, clusterRadius: 42, clusterMaxZoom: 15,
    clusterProperties: { late: ["+", ["case", ["==", ["get", "kind"], "overdue"], 1, 0]] },
  }
  style.sources.chosen = { type: "geojson", data: chosen(marks ?? EMPTY, selected) }
  style.layers.push(
    { id: "mark-halo", type: "circle", source: "chosen", paint: { "circle-radius": 20, "circle-color": colours.text, "circle-opacity": 0.16, "circle-stroke-width": 2, "circle-stroke-color": colours.text } },
    {
      id: "mark", type: "symbol", source: "marks", filter: ["!", ["has", "point_count"]],
      layout: {
        "icon-image": ["concat", ["get", "kind"], "|", theme], "icon-allow-overlap": true, "icon-padding": 0,
        "symbol-sort-key": ["match", ["get", "kind"], "overdue", 3, "incident", 2, "open", 1, 0],
      },
    },
    {
      id: "cluster", type: "circle", source: "marks", filter: ["has", "point_count"],
      paint: {
        "circle-color": colours.surface, "circle-radius": ["step", ["get", "point_count"], 15, 10, 18, 100, 22, 1000, 27],
        "circle-stroke-width": 2.5, "circle-stroke-color": ["case", late, colours.overdue, colours.open],
      },
    },
    {
      id: "cluster-count", type: "symbol", source: "marks", filter: ["has", "point_count"],
      layout: {
        ...count.layout, "text-size": 13,
        "text-field": ["case", late, ["format", ["get", "point_count_abbreviated"], {}, "\n▲", { "font-scale": 0.7 }, ["to-string", ["get", "late"]], { "font-scale": 0.7 }], ["to-string", ["get", "point_count_abbreviated"]]],
        "text-line-height": 1,
      },
      paint: { "text-color": ["case", late, colours.danger, colours.text] },
    },
  )
  return style
}

export function drawMissing(map, colours) {
  map.on("styleimagemissing", ({ id }) => {
    const [kind] = id.split("|")
    if (!SHAPES[kind] || map.hasImage(id)) return
    const { data, pixelRatio } = drawn(kind, colours()[kind], colours().surface)
    map.addImage(id, data, { pixelRatio })
  })
}

// Hands over what was chosen; a gathering opens up instead.
export function answer(map, maplibregl, pick) {
  const tip = new maplibregl.Popup({ closeButton: false, closeOnClick: false, className: "map-tip", offset: 14, maxWidth: "260px", focusAfterOpen: false })
  map.on("click", "mark", (event) => {
    // Where there is a pin too, it stays where it is.
    event.preventDefault()
    const [one] = event.features
    const [lon, lat] = one.geometry.coordinates
    pick({ ...one.properties, lat, lon })
  })
  map.on("click", "cluster", async (event) => {
    event.preventDefault()
    const [one] = event.features
    const zoom = await map.getSource("marks").getClusterExpansionZoom(one.properties.cluster_id)
    map.easeTo({ center: one.geometry.coordinates, zoom: zoom + 0.2 })
  })
  for (const layer of ["mark", "cluster"]) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer" })
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; tip.remove() })
  }
  map.on("mousemove", "mark", ({ features: [one] }) => {
    if (one.properties.label) tip.setLngLat(one.geometry.coordinates).setText(one.properties.label).addTo(map)
  })
}
