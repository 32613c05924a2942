// How the ground looks: few colours, all of them from the style sheet, so that light, dark and a city's own look follow.
const NAMES = ["outside", "land", "green", "water", "building", "edge", "minor", "middle", "main", "main-edge", "far", "main-far", "border",
  "house", "label", "label-quiet", "halo", "open", "overdue", "done", "incident"]
// A family that is not there by this name tells the weight to the one after it.
const MEDIUM = ["Inter Medium", "Inter"], SEMIBOLD = ["Inter Semibold", "Inter"]
export const LETTERS = "Ққ Ғғ Ұұ Үү Һһ Іі Әә Өө Ңң Жж Ab 12"

// The library knows plain colours only, the style sheet may mix them: a canvas says what comes out.
export function coloursOf(element) {
  const probe = element.appendChild(document.createElement("i"))
  const brush = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })
  const plain = (value) => {
    probe.style.color = value
    brush.clearRect(0, 0, 1, 1)
    brush.fillStyle = getComputedStyle(probe).color
    brush.fillRect(0, 0, 1, 1)
    const [red, green, blue, alpha] = brush.getImageData(0, 0, 1, 1).data
    return `rgba(${red}, ${green}, ${blue}, ${alpha / 255})`
  }
  const found = Object.fromEntries(NAMES.map((name) => [name, plain(`var(--map-${name})`)]))
  for (const name of ["surface", "text", "danger"]) found[name] = plain(`var(--${name})`)
  probe.remove()
  return found
}

const by = (...stops) => ["interpolate", ["exponential", 1.6], ["zoom"], ...stops]
// Far away a street is one line, near by it has two sides.
const nearing = (zoom, far, near) => ["interpolate", ["linear"], ["zoom"], zoom, far, zoom + 0.4, near]
const ranked = (rank) => ["==", ["get", "rank"], rank]

export function styleOf(colours, { tiles, language }) {
  const name = ["coalesce", ["get", `name_${language}`], ["get", "name"], ["get", "name_kk"], ["get", "name_ru"], ["get", "name_en"]]
  const layer = (id, type, source, more) => ({ id, type, source: "city", "source-layer": source, ...more })
  const flat = (source, colour, minzoom = 0) => layer(source, "fill", source, { minzoom, paint: { "fill-color": colour, "fill-antialias": true } })
  const street = (id, rank, minzoom, colour, width) => layer(id, "line", "street", {
    minzoom,
    filter: ranked(rank),
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": colour, "line-width": width },
  })
  const along = (id, rank, minzoom, size, font, colour) => layer(id, "symbol", "street", {
    minzoom,
    filter: ranked(rank),
    layout: { "symbol-placement": "line", "symbol-spacing": 260, "text-field": name, "text-font": font, "text-size": size, "text-max-angle": 40, "text-padding": 3, "text-letter-spacing": 0.01 },
    paint: { "text-color": colour, "text-halo-color": colours.halo, "text-halo-width": 1.6 },
  })
  const widths = {
    minor: by(11, 0.5, 13, 1.4, 15, 5, 18, 22),
    middle: by(10, 0.5, 12.6, 1.2, 13.4, 2.6, 15, 7, 18, 28),
    main: by(8, 0.7, 11, 1.8, 13, 3.8, 15, 10, 18, 36),
  }
  const cased = {
    minor: by(13, 2.2, 15, 6.4, 18, 24),
    middle: by(12, 1, 13.4, 4, 15, 8.6, 18, 30),
    main: by(8, 1.6, 11, 3.2, 13, 5.8, 15, 12, 18, 38.5),
  }
  return {
    version: 8,
    sources: { city: { type: "vector", url: `pmtiles://${new URL(tiles, location.href)}` } },
    layers: [
      { id: "outside", type: "background", paint: { "background-color": colours.outside } },
      flat("district", colours.land),
      flat("green", colours.green),
      layer("water-line", "line", "water", { filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": colours.water, "line-width": by(10, 1, 16, 8) } }),
      flat("water", colours.water),
      flat("building", colours.building, 14),
      layer("district-border", "line", "district", {
        layout: { "line-join": "round" },
        paint: { "line-color": colours.border, "line-width": by(8, 0.8, 14, 1.6), "line-opacity": 0.5 },
      }),
      layer("path", "line", "path", { minzoom: 14.5, paint: { "line-color": colours.edge, "line-width": by(14, 0.6, 18, 3), "line-dasharray": [2, 1.5] } }),
      layer("rail", "line", "rail", { minzoom: 11, paint: { "line-color": colours.border, "line-width": by(11, 0.6, 16, 2), "line-dasharray": [5, 2] } }),
      street("minor-edge", "minor", 13.2, colours.edge, cased.minor),
      street("middle-edge", "middle", 12.9, colours.edge, cased.middle),
      street("main-edge", "main", 11.6, colours["main-edge"], cased.main),
      street("minor", "minor", 11, nearing(13.2, colours.far, colours.minor), widths.minor),
      street("middle", "middle", 10, nearing(12.9, colours.far, colours.middle), widths.middle),
      street("main", "main", 8, nearing(11.6, colours["main-far"], colours.main), widths.main),
      layer("house", "circle", "house", { minzoom: 15.9, paint: { "circle-color": colours.house, "circle-radius": by(15, 1.4, 17, 3, 19, 6) } }),
      layer("building-number", "symbol", "building", {
        minzoom: 16.3,
        layout: { "text-field": ["get", "number"], "text-font": MEDIUM, "text-size": 11 },
        paint: { "text-color": colours["label-quiet"], "text-halo-color": colours.building, "text-halo-width": 1 },
      }),
      layer("house-number", "symbol", "house", {
        minzoom: 16.3,
        layout: { "text-field": ["get", "number"], "text-font": MEDIUM, "text-size": by(16, 10.5, 19, 13), "text-offset": [0, 0.85], "text-anchor": "top", "text-padding": 1 },
        paint: { "text-color": colours["label-quiet"], "text-halo-color": colours.halo, "text-halo-width": 1.2 },
      }),
      along("minor-name", "minor", 14.6, by(14, 10.5, 18, 14), MEDIUM, colours["label-quiet"]),
      along("middle-name", "middle", 13.4, by(13, 10.5, 18, 15), MEDIUM, colours.label),
      along("main-name", "main", 11.8, by(12, 10.5, 15, 12.5, 18, 16), MEDIUM, colours.label),
      layer("place-name", "symbol", "place", {
        maxzoom: 13.6,
        layout: { "text-field": name, "text-font": SEMIBOLD, "text-size": by(9, 11.5, 13, 16), "text-max-width": 7, "text-letter-spacing": 0.02, "text-padding": 10 },
        paint: { "text-color": colours.label, "text-halo-color": colours.halo, "text-halo-width": 2 },
      }),
    ],
  }
}
