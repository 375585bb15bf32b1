// @ts-check
// The city's RTs as points on Leaflet's canvas, which wins without a GPU. Leaflet comes after the red button works.

import { element } from "./element.js";
import { ground } from "./map_ground.js";
import { t } from "./words.js";

const PULSE_MS = 1400;
const NAMED = 60; // more kelurahan names than this would hide the points

/** Load Leaflet (a classic script, with its style sheet) from this origin; resolves to its `L`. */
export async function loadLeaflet() {
  const parts = [element("link", { rel: "stylesheet", href: "/static/leaflet/leaflet.css" }), element("script", { src: "/static/leaflet/leaflet.js" })];
  await Promise.all(
    parts.map(
      (part) =>
        new Promise((resolve, reject) => {
          part.addEventListener("load", resolve);
          part.addEventListener("error", () => reject(new Error("the map's library did not load")));
          document.head.prepend(part); // before the page's own style sheet, which has the last word
        }),
    ),
  );
  return window.L;
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
  #land = null;
  #home = null;
  #describe;
  #calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  #pulsing = false;
  #touched = false; // somebody moved the map: it stays where they put it

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
      if (!this.#touched) this.#fit();
    }).observe(root);
    for (const name of ["pointerdown", "wheel", "keydown"]) root.addEventListener(name, () => (this.#touched = true), { passive: true });
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
    if (!this.#touched) this.#fit();
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
    if (this.#land) this.#map.fitBounds(this.#land.getBounds(), { padding: [8, 8], maxZoom: 17, animate: false });
  }

  #drawGround(regions) {
    this.#ground.clearLayers();
    this.#land = null;
    if (!regions.length) return; // the map came before the city
    const still = { renderer: this.#canvas, interactive: false };
    const { land, lanes, names } = ground(regions);
    const { land: fillColor, line: color } = this.#palette;
    this.#land = this.#L.polygon(land, { ...still, color, weight: 1, fillColor, fillOpacity: 1 }).addTo(this.#ground);
    this.#L.polyline(lanes, { ...still, color, weight: 2 }).addTo(this.#ground);
    for (const { name, at } of names.length > NAMED ? [] : names) {
      // Leaflet reads a string as markup; an element keeps a name a name.
      this.#L
        .tooltip({ permanent: true, direction: "top", className: "kelurahan", interactive: false, offset: [0, 4] })
        .setLatLng(at)
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
      if (layer instanceof this.#L.Path) layer.setStyle({ color: this.#palette.line, fillColor: this.#palette.land });
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
