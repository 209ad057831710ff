// The photos that a match stands for: its own, and those that were folded into it.

/** Their ids, the match's own first. */
export const photosOf = ({ photo, copies, burst }) => [...new Set([photo, ...copies.map(like => like.photo), ...burst.map(like => like.photo)])];

/** How many photos other than those searched with matches stand for. */
export const countOthers = matches => matches.reduce((sum, match) => sum + photosOf(match).length - (match.isQuery ? 1 : 0), 0);
