// The map library and the reader of its tiles, as one module that map.js of the shared look loads when a page has a map.
export { default as maplibregl } from "maplibre-gl/dist/maplibre-gl-csp.js"
export { Protocol } from "pmtiles"
