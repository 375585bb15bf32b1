// node run_on_wasm.mjs MICROPYTHON.mjs SCRIPT.py FOLDER…: a Python script on MicroPython's 32-bit WebAssembly build.
// Every FOLDER is copied to /lib, and the script runs from its text.

import { randomFillSync } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";

const [library, script, ...folders] = process.argv.slice(2);
const { loadMicroPython } = await import(pathToFileURL(library).href);
const micropython = await loadMicroPython({
  heapsize: 256 * 1024,
  pystack: 64 * 1024,
  stdout: (line) => console.log(line),
  stderr: (line) => console.error(line),
});

function put(folder, root) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const target = `/lib/${relative(root, path)}`;
    if (statSync(path).isDirectory()) {
      if (!micropython.FS.analyzePath(target).exists) micropython.FS.mkdir(target);
      put(path, root);
    } else if (/\.(py|mpy|json)$/.test(name)) micropython.FS.writeFile(target, readFileSync(path));
  }
}

if (!micropython.FS.analyzePath("/lib").exists) micropython.FS.mkdir("/lib");
for (const folder of folders) put(folder, folder);
micropython.FS.writeFile("/board", "esp32_s3"); // this build is no board's; the reference board's pins will do
micropython.registerJsModule("wasm_host", {
  random: (size) => Array.from(randomFillSync(new Uint8Array(size)), (byte) => byte.toString(16).padStart(2, "0")).join(""),
});
try {
  micropython.runPython(readFileSync(script, "utf8"));
} catch (problem) {
  console.error(problem.message);
  process.exit(1);
}
