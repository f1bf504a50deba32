/** Threads in step: each waits at a meeting until all are there. */
import type { Lane } from '../graph.js';

/** Places in the shared words. */
const GENERATION = 0;
const ARRIVED = 1;
const BROKEN = 2;
const BEGUN = 3;
const HIRED = 4;
const WORDS = 5;

/** Turns of a loop before a thread lies down: most meetings are over by then. */
const SPINS = 2000;
/** Longest sleep, in milliseconds; then the calling thread may look at what the others say. */
const NAP = 20;

/** Thrown at a meeting that will never be complete, since a thread has failed. */
export class TeamBroken extends Error {
  constructor() {
    super('another thread of the training failed');
  }
}

export class Team {
  readonly words: Int32Array;

  /** `words`: those of the other threads' team; its own where it is the first. */
  constructor(
    private readonly size: number,
    words?: Int32Array,
  ) {
    this.words = words ?? new Int32Array(new SharedArrayBuffer(WORDS * 4));
  }

  lane(lane: number): Lane {
    return { lane, lanes: this.size, meet: () => this.#meet() };
  }

  /** A lane that no other worker has; the calling thread has lane 0. */
  hire(): Lane {
    return this.lane(1 + Atomics.add(this.words, HIRED, 1));
  }

  /** A thread is there. The first meeting of a task waits for it without sleeping: a worker may still have to start. */
  begin(): void {
    Atomics.add(this.words, BEGUN, 1);
  }

  get isComplete(): boolean {
    return Atomics.load(this.words, BEGUN) % this.size === 0;
  }

  /** No meeting will be complete any more. */
  break(): void {
    Atomics.store(this.words, BROKEN, 1);
    Atomics.notify(this.words, GENERATION);
  }

  get isBroken(): boolean {
    return Atomics.load(this.words, BROKEN) !== 0;
  }

  *#meet(): Generator<void, void> {
    const { words, size } = this;
    if (size === 1) return;
    const generation = Atomics.load(words, GENERATION);
    if (Atomics.add(words, ARRIVED, 1) === size - 1) {
      Atomics.store(words, ARRIVED, 0);
      Atomics.add(words, GENERATION, 1);
      Atomics.notify(words, GENERATION);
      return;
    }
    for (let spin = 0; spin < SPINS; spin++) {
      if (Atomics.load(words, GENERATION) !== generation) return;
    }
    for (;;) {
      Atomics.wait(words, GENERATION, generation, NAP);
      if (Atomics.load(words, GENERATION) !== generation) return;
      if (this.isBroken) throw new TeamBroken();
      yield;
    }
  }
}
