// @ts-check
// The city's RTs as points on Leaflet's canvas, which wins without a GPU. Leaflet comes after the red button works.

import { element } from "./element.js";
import { kelurahans } from "./map_ground.js";
import { t } from "./words.js";

const PULSE_MS = 1400;
const NAMED = 60; // more kelurahan names than this would hide the points

/** Load Leaflet (a classic script) from this origin; resolves to its `L`. */
export function loadLeaflet() {
  return new Promise((resolve, reject) => {
    const script = element("script", { src: "/static/leaflet/leaflet.js" });
    script.addEventListener("load", () => resolve(window.L));
    script.addEventListener("error", () => reject(new Error("the map's library did not load")));
    document.head.append(script);
  });
}

/** The live map in `root`. */
export class CityMap {
  #L;
  #map;
  #root;
  #canvas;
  #markers = new Map(); // code → {dot, state}
  #halos = new Map(); // code → the ring of a sounding one
  #palette = {};
  #ground;
  #home = null;
  #describe;
  #calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  #pulsing = false;
  #fitted = false;

  /** `describe(code)` gives the popup's content as an element. */
  constructor(L, root, describe) {
    this.#L = L;
    this.#root = root;
    this.#describe = describe;
    this.#map = L.map(root, { preferCanvas: true, attributionControl: false, zoomControl: false, zoomSnap: 0.25 });
    this.#canvas = L.canvas({ padding: 0.4, tolerance: 8 });
    L.control.zoom({ position: "topright", zoomInTitle: t("map.zoom_in"), zoomOutTitle: t("map.zoom_out") }).addTo(this.#map);
    this.#map.setView([-6.98, 110.41], 13);
    this.#ground = L.layerGroup().addTo(this.#map);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#repaint());
    new ResizeObserver(() => {
      this.#map.invalidateSize();
      if (this.#fitted) this.#fit();
    }).observe(root);
  }

  /** Draw every region anew; `home` is the code of the resident's own. */
  load(city, home) {
    this.#home = home;
    this.#readPalette();
    for (const { dot } of this.#markers.values()) dot.remove();
    for (const halo of this.#halos.values()) halo.remove();
    this.#markers.clear();
    this.#halos.clear();
    this.#drawGround([...city.regions.values()]);
    for (const region of city.regions.values()) {
      const dot = this.#L.circleMarker([region.latitude, region.longitude], { renderer: this.#canvas }).addTo(this.#map);
      dot.bindPopup(() => this.#describe(region.code), { maxWidth: 260, autoPanPadding: [12, 12] });
      this.#markers.set(region.code, { dot, state: null });
      this.show(region.code, city.stateOf(region));
    }
    if (!this.#fitted) this.#fit();
  }

  /** Show one region's state; an open popup follows. */
  show(code, state) {
    const marker = this.#markers.get(code);
    if (!marker) return;
    if (marker.dot.isPopupOpen()) marker.dot.getPopup().setContent(this.#describe(code)).update();
    if (marker.state === state) return;
    marker.state = state;
    marker.dot.setStyle(this.#style(code, state)).setRadius(this.#radius(code, state));
    if (state === "sounding") this.#ring(code, marker.dot);
    else this.#still(code);
  }

  #ring(code, dot) {
    const look = { renderer: this.#canvas, interactive: false, fill: false, color: this.#palette.sounding, weight: 2.5, radius: 18 };
    if (!this.#halos.has(code)) this.#halos.set(code, this.#L.circleMarker(dot.getLatLng(), look).addTo(this.#map));
    dot.bringToFront();
    if (this.#pulsing || this.#calm.matches) return;
    this.#pulsing = true;
    const step = (now) => {
      const phase = (now % PULSE_MS) / PULSE_MS;
      for (const halo of this.#halos.values()) halo.setStyle({ opacity: 1 - phase }).setRadius(10 + 20 * phase);
      this.#pulsing = this.#halos.size > 0;
      if (this.#pulsing) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  #still(code) {
    this.#halos.get(code)?.remove();
    this.#halos.delete(code);
  }

  #fit() {
    const points = [...this.#markers.values()].map(({ dot }) => dot.getLatLng());
    if (!points.length) return;
    this.#fitted = true;
    this.#map.fitBounds(this.#L.latLngBounds(points), { padding: [30, 34], maxZoom: 17, animate: false });
  }

  #drawGround(regions) {
    this.#ground.clearLayers();
    const groups = kelurahans(regions);
    for (const { name, outline, top } of groups) {
      this.#L
        .polygon(outline, { renderer: this.#canvas, interactive: false, color: this.#palette.line, weight: 1.2, fillColor: this.#palette.land, fillOpacity: 1, smoothFactor: 0.3 })
        .addTo(this.#ground);
      if (groups.length > NAMED || !name) continue;
      // Leaflet reads a string as markup; an element keeps a name a name.
      this.#L
        .tooltip({ permanent: true, direction: "top", className: "kelurahan", interactive: false, offset: [0, 2] })
        .setLatLng(top)
        .setContent(element("span", {}, name))
        .addTo(this.#ground);
    }
  }

  #style(code, state) {
    const home = code === this.#home;
    return {
      fillColor: state === "deaf" ? this.#palette.land : this.#palette[state],
      fillOpacity: 1,
      color: home ? this.#palette.home : state === "deaf" ? this.#palette.deaf : this.#palette.rim,
      weight: home ? 3 : state === "deaf" ? 2 : 1,
      dashArray: state === "deaf" ? "3 3" : "",
    };
  }

  #radius(code, state) {
    return (state === "sounding" ? 9 : 6) + (code === this.#home ? 2.5 : 0);
  }

  #repaint() {
    this.#readPalette();
    for (const [code, { dot, state }] of this.#markers) dot.setStyle(this.#style(code, state));
    for (const halo of this.#halos.values()) halo.setStyle({ color: this.#palette.sounding });
    this.#ground.eachLayer((layer) => {
      if (layer instanceof this.#L.Polygon) layer.setStyle({ color: this.#palette.line, fillColor: this.#palette.land });
    });
  }

  // The canvas does not know the style sheet's colours; they are read once for each theme.
  #readPalette() {
    const style = getComputedStyle(this.#root);
    for (const name of ["quiet", "sounding", "deaf", "land", "line", "rim", "home"]) {
      this.#palette[name] = style.getPropertyValue(`--map-${name}`).trim();
    }
  }
}
