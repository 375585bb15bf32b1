// What the page says, Bahasa Indonesia first.
export const WORDS = {
  id: {
    title: "Kentongan di peramban", hold: "Tahan", silence: "Kunci senyap", flood: "Banjiri 1.000 paket rusak",
    link: "Sambungan", stage: "Bantuan", refused: "Ditolak", memory: "Memori 32-bit", other: "English",
    about: "Program yang sama dengan kentongan di dinding, dijalankan MicroPython di halaman ini. Tahan tombol merah: kentongan RT berbunyi.",
    unplug: "Cabut jaringan", plug: "Pasang jaringan", off: "Matikan listrik", on: "Nyalakan listrik",
    mute: "Matikan suara", hear: "Nyalakan suara", online: "tersambung", offline: "terputus",
    silent: "Senyap", sounding: "BERBUNYI", dark: "Tanpa listrik", starting: "Menyalakan…", kib: "KiB terpakai",
    stages: { calling: "memanggil…", stored: "tercatat", neighbours_called: "tetangga dipanggil", not_delivered: "hubungi 110/112",
      police_saw: "polisi melihat", on_the_way: "di jalan", resolved: "selesai" },
    flooded: "paket rusak ditelan; masih hidup", failed: "Tidak dapat berjalan: ",
  },
  en: {
    title: "A kentongan in the browser", hold: "Hold", silence: "Silence key", flood: "Flood with 1,000 bad packets",
    link: "Link", stage: "Help", refused: "Refused", memory: "32-bit memory", other: "Bahasa Indonesia",
    about: "The very program of the kentongan on the wall, run by MicroPython in this page. Hold the red button and the RT sounds.",
    unplug: "Unplug the network", plug: "Plug the network in", off: "Power off", on: "Power on",
    mute: "Sound off", hear: "Sound on", online: "connected", offline: "cut off",
    silent: "Silent", sounding: "SOUNDING", dark: "No power", starting: "Starting…", kib: "KiB in use",
    stages: { calling: "calling…", stored: "stored", neighbours_called: "neighbours called", not_delivered: "call 110/112",
      police_saw: "police saw it", on_the_way: "on the way", resolved: "over" },
    flooded: "bad packets swallowed; still alive", failed: "It cannot run: ",
  },
};
