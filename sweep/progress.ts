/** Who is told how far a sweep is. */
export interface SweepProgress {
  /** A line of its own: what happens next. */
  note(text: string): void;
  /** Starts counting to `total` of `what`; `done` of them are there already. */
  begin(what: string, total: number, done?: number): void;
  /** So many are done now; `detail` says more of how it goes. */
  reach(done: number, detail?: string): void;
  end(): void;
}

/** Tells nobody. */
export const SILENCE: SweepProgress = { note() {}, begin() {}, reach() {}, end() {} };
