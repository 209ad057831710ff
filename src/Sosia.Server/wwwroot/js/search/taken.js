// When a photo was taken, in words, and in which order photos stand.

const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

/** The clock where the photo was taken, whatever its offset was. */
const clock = taken => taken ? Date.parse(`${taken.at.slice(0, 19)}Z`) : NaN;

/** "1 June 2024, 12:30"; of a file's time, which may be a copy's, it says so. */
export function takenInWords(taken) {
  if (!taken) return "";
  const words = `${day.format(clock(taken))}, ${taken.at.slice(11, 16)}`;
  return taken.from === "file" ? `file of ${words}` : words;
}

export const orders = { score: "Best first", newest: "Newest first", oldest: "Oldest first" };

/** Sorts entries with a match; those of equal or unknown time stay as they are, the unknown last. */
export function inOrder(entries, order) {
  if (order === "score") return entries;
  const sign = order === "newest" ? -1 : 1;
  const time = ({ match }) => clock(match.taken);
  return entries.toSorted((one, other) => (Number.isNaN(time(one)) - Number.isNaN(time(other))) || sign * (time(one) - time(other)) || 0);
}
