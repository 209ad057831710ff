// What scores mean, from the curve the server sends with a search: interpolated, so that the line moves without asking.

/** The false match rate at a score: log-linear between the points. Null without a curve. */
export function rateAt(curve, score) {
  if (!curve?.length) return null;
  const next = curve.findIndex(([at]) => at >= score);
  if (next <= 0) return next === 0 ? curve[0][1] : curve.at(-1)[1];
  const [[lowScore, lowRate], [highScore, highRate]] = [curve[next - 1], curve[next]];
  const part = (score - lowScore) / (highScore - lowScore);
  return Math.exp(Math.log(lowRate) * (1 - part) + Math.log(highRate) * part);
}

/** "about 1 false match in 10,000", to two digits: more would pretend. */
export function rateInWords(rate, curve) {
  if (rate === null) return "not calibrated";
  if (rate > 0.5) return "as good as chance";
  const floor = curve ? Math.min(...curve.map(([, value]) => value)) : 0;
  const people = Number((1 / rate).toPrecision(2)).toLocaleString("en");
  return rate <= floor * 1.000001 ? `fewer than 1 false match in ${people}` : `about 1 false match in ${people}`;
}

/** "expect 0.2 false matches in this collection" */
export function expectationInWords(expected) {
  if (expected === null || expected === undefined) return "";
  const text = expected < 0.01 ? "fewer than 0.01" : expected < 10 ? String(Number(expected.toPrecision(1))) : Math.round(expected).toLocaleString("en");
  return `expect ${text} false ${text === "1" ? "match" : "matches"} in this collection`;
}
