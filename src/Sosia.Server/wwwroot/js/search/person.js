// Who is searched for: photos of the person, photos of others, what is compared, and the way back. Never changed in place: every step keeps the one before.

const kinds = ["person", "look", "both"];

/** Its references are { query, face } | { photo } | { face }, as the API takes them. */
export class Person {
  #steps;

  constructor(references = [], negatives = [], by = "person") { this.#steps = [{ references, negatives, by }]; }

  get references() { return this.#steps.at(-1).references; }
  get negatives() { return this.#steps.at(-1).negatives; }
  /** What is compared: "person", "look" or "both". */
  get by() { return this.#steps.at(-1).by; }
  get canUndo() { return this.#steps.length > 1; }

  #step(change) { this.#steps.push({ ...this.#steps.at(-1), ...change }); }

  undo() { if (this.canUndo) this.#steps.pop(); }

  compare(by) { if (by !== this.by) this.#step({ by }); }

  add(reference) { this.#step({ references: [...this.references, reference] }); }

  /** Takes another face of the same photo, in place of the one taken so far. */
  replace(index, reference) { this.#step({ references: this.references.with(index, reference) }); }

  remove(index) { this.#step({ references: this.references.toSpliced(index, 1) }); }

  /** What was said of a stored face: "yes", "no" or nothing. */
  markOf(face) {
    if (!face) return null;
    if (this.negatives.some(negative => negative.face === face)) return "no";
    return this.references.some(reference => !reference.query && reference.face === face) ? "yes" : null;
  }

  /** Says yes or no of a stored face; saying the same again takes it back. */
  mark(face, mark) {
    const others = this.references.filter(reference => reference.query || reference.face !== face);
    const negatives = this.negatives.filter(negative => negative.face !== face);
    const again = this.markOf(face) === mark;
    if (again && mark === "yes" && others.length === 0) return; // somebody must be left to search for
    if (!again) (mark === "yes" ? others : negatives).push({ face });
    if (others.length > 0) this.#step({ references: others, negatives });
  }

  /** The search as the API takes it: everything near, so that the line can be moved without asking again. */
  toBody(limit = 200) {
    if (this.by === "look") return { references: this.references, limit, by: "look" }; // faces of others say nothing of a look
    return { references: this.references, negatives: this.negatives, limit, belowThreshold: true, curve: true, by: this.by };
  }

  /** The search as an address that can be kept. Uploads are named in it, and their link ends with them. */
  toAddress() {
    const link = new URLSearchParams();
    for (const reference of this.references) {
      if (reference.query) { link.append("query", reference.query); link.append("queryFace", reference.face ?? ""); }
      else if (reference.photo) link.append("photo", reference.photo);
      else link.append("face", reference.face);
    }
    for (const negative of this.negatives) link.append("not", negative.face);
    if (this.by !== "person") link.append("by", this.by);
    return `/search?${link}`;
  }

  static fromAddress(link) {
    const numbers = name => link.getAll(name).map(Number).filter(number => Number.isInteger(number) && number > 0);
    const faces = link.getAll("queryFace");
    return new Person([
      ...link.getAll("query").map((query, i) => faces[i] ? { query, face: Number(faces[i]) } : { query }),
      ...numbers("photo").map(photo => ({ photo })),
      ...numbers("face").map(face => ({ face })),
    ], numbers("not").map(face => ({ face })), kinds.includes(link.get("by")) ? link.get("by") : "person");
  }
}
