// What the screen says: Indonesian first, English second. An identifier we do not know is shown as it came.

const KINDS = {
  panic: ["Tombol panik", "Panic button"],
  theft: ["Pencurian", "Theft"],
  robbery: ["Perampokan", "Robbery"],
  killing: ["Pembunuhan", "Killing"],
  assault: ["Penganiayaan", "Assault"],
  fire: ["Kebakaran", "Fire"],
  disaster: ["Bencana", "Disaster"],
  medical: ["Kedaruratan medis", "Medical emergency"],
  community_work: ["Kerja bakti", "Community work"],
  death_notice: ["Lelayu", "Death notice"],
  gathering: ["Pertemuan warga", "Gathering"],
  house_watch: ["Titip rumah", "House watch"],
};

const SOURCES = { call_point: "tombol kentongan", app: "aplikasi warga", operator: "petugas" };
const TRUSTS = { trusted: "terpercaya", unknown: "belum dikenal" };

// [stage, Indonesian, English] of a case: the words people know from the city's own report pages.
export const STAGES = {
  new: ["wait", "Menunggu", "Waiting"],
  acknowledged: ["work", "Proses", "In progress"],
  dispatched: ["work", "Proses", "In progress"],
  on_scene: ["work", "Proses", "In progress"],
  resolved: ["done", "Selesai", "Resolved"],
};

export const REPLIES = {
  acknowledged: "Diterima",
  dispatched: "Petugas dikirim",
  on_scene: "Petugas tiba",
  resolved: "Selesai",
};

// What may be pressed in which state; the first is the one that is expected.
export const ACTS = {
  new: [["acknowledge", "Terima", "Acknowledge"]],
  acknowledged: [["dispatch", "Kirim petugas", "Dispatch"], ["resolve", "Selesai…", "Resolve…"]],
  dispatched: [["resolve", "Selesai…", "Resolve…"], ["on_scene", "Petugas tiba", "On scene"]],
  on_scene: [["resolve", "Selesai…", "Resolve…"]],
  resolved: [],
};

export const DISPOSITIONS = {
  founded: ["Benar terjadi", "Founded"],
  handled_by_residents: ["Ditangani warga", "Handled by residents"],
  minor: ["Ringan", "Minor"],
  referred: ["Dilimpahkan", "Referred"],
  mistaken_good_faith: ["Keliru, beritikad baik", "Mistaken in good faith"],
  duplicate: ["Laporan ganda", "Duplicate"],
  unfounded: ["Tidak terbukti", "Unfounded"],
  test: ["Uji coba", "Test"],
  prank: ["Iseng", "Prank"],
};

const VIEWS = {
  nearest: "terdekat",
  representative: "mewakili RT",
  nearest_representative: "terdekat, mewakili RT",
  working: "berfungsi",
  blurred: "buram",
  broken: "rusak",
  never_connected: "belum tersambung",
  unknown: "keadaan tidak diketahui",
};

// What a link is called, and what more is known: a camera by its name, CAP's own sentence, or the place.
export function viewWords({ name, about }) {
  if (name !== null) return { words: `Kamera ${name}`, about: about.replace(/[a-z_]+/g, (word) => VIEWS[word] ?? word) };
  return about === "position" ? { words: "Posisi kejadian", about: "" } : { words: about, about: "" };
}

export const kindWords = (kind) => KINDS[kind] ?? [kind, ""];
export const sourceWord = (source) => SOURCES[source] ?? source;
export const trustWord = (trust) => TRUSTS[trust] ?? trust;

const WIB = { timeZone: "Asia/Jakarta" };
const timeOfDay = new Intl.DateTimeFormat("id-ID", { ...WIB, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat("id-ID", { ...WIB, day: "numeric", month: "short", year: "numeric" });

export function wib(moment, now = new Date()) {
  const today = day.format(moment) === day.format(now);
  return `${today ? "" : `${day.format(moment)} `}${timeOfDay.format(moment)} WIB`;
}

export function ago(moment, now = new Date()) {
  const seconds = Math.max(0, Math.round((now - moment) / 1000));
  if (seconds < 60) return `${seconds} detik lalu`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} menit lalu`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} jam lalu`;
  return `${Math.floor(seconds / 86400)} hari lalu`;
}
