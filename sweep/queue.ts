/**
 * The points of a sweep as tasks for threads. A point is a run of a plan over the test images and one over the validation
 * images; where it leaves something open, runs of candidates over the images that choose come first. A thread with no run of its own helps one on its way: it
 * compiles the same plan and takes batches of the same share. Rows do not depend on who did what.
 */

import type { Problem, WorkSource } from '../platform/pool.js';
import { parseAssignment } from '../quantizers/assignment.js';
import { type WrittenAssignment, writeAssignment } from './choice.js';
import { type Chosen, type Search, type Seen, searchOf } from './choosing.js';
import type { SweepContext } from './context.js';
import { entryOf } from './entry.js';
import type { Entry } from './journal.js';
import { type Point, readPoint, type WrittenPoint, writePoint } from './point.js';
import { testCount } from './predict.js';
import {
  type Candidate,
  choosingImages,
  newRun,
  type Role,
  type Run,
  type RunImages,
  rightOf,
  validationOf,
} from './run-images.js';
import type { Part } from './run-part.js';
import { BATCH, batchesLeft, closeShare } from './share.js';

/** What a thread is given. */
export interface Task {
  readonly run: Run;
  readonly role: Role;
}

/** A task as it goes to another thread: in names and shared buffers. */
export interface WrittenTask {
  readonly run: Omit<Run, 'point' | 'assignment'> & {
    readonly point: WrittenPoint;
    readonly assignment: WrittenAssignment;
  };
  readonly role: Role;
}

export function writeTask({ run, role }: Task): WrittenTask {
  const { label, images, share } = run;
  const written = { point: writePoint(run.point), assignment: writeAssignment(run.assignment) };
  return { run: { ...written, label, images, share }, role };
}

/** Throws UserError for names that are not registered in this thread. */
export function readTask({ run, role }: WrittenTask): Task {
  const { label, images, share } = run;
  const read = { point: readPoint(run.point), assignment: parseAssignment(run.assignment) };
  return { run: { ...read, label, images, share }, role };
}

/** A helper first compiles, and may have to start: with fewer batches than this left it would come too late. */
export const WORTH_HELP = 8;

export interface Outcomes {
  onDone(point: number, entry: Entry): void;
  onFailed(point: number, message: string): void;
}

/** A point on its way. */
interface Course {
  readonly index: number;
  readonly point: Point;
  /** In the order they are begun. */
  readonly stages: Stage[];
  readonly search: Search;
  /** Candidates whose runs over the images that choose have ended. */
  readonly seen: Seen[];
  /** What the search came to. */
  chosen: Chosen | undefined;
  state: 'going' | 'failed';
}

/** A run with the threads on it. */
interface Stage {
  readonly course: Course;
  readonly run: Run;
  readonly parts: Part[];
  /** Tasks given out and not yet back. */
  threads: number;
  state: 'fresh' | 'begun' | 'finished';
  problem: Problem | undefined;
}

export class PointQueue implements WorkSource<Task, Part | 'late'> {
  /** Index of the first point that is not a course yet. */
  #next = 0;
  readonly #courses = new Set<Course>();
  readonly #stages = new Map<Task, Stage>();

  constructor(
    private readonly context: SweepContext,
    private readonly points: readonly Point[],
    private readonly outcomes: Outcomes,
  ) {}

  next(): Task | 'wait' | 'end' {
    const fresh = this.#fresh();
    if (fresh) return this.#give(fresh, 'first');
    const helped = this.#mostWanting();
    if (helped) return this.#give(helped, 'helper');
    return this.#courses.size > 0 ? 'wait' : 'end';
  }

  room(): number {
    let room = 0;
    for (const { state, stages } of this.#courses) {
      for (const stage of stages) {
        const helpers = Math.floor(batchesLeft(stage.run.share) / WORTH_HELP);
        if (stage.state === 'begun') room += helpers;
        if (stage.state === 'fresh' && state === 'going') room += Math.max(1, helpers);
      }
    }
    const batches = Math.ceil(testCount(this.context.dataset, this.points[0] ?? { testImages: 0 }) / BATCH);
    return room + (this.points.length - this.#next) * Math.max(1, Math.floor(batches / WORTH_HELP));
  }

  done(task: Task, part: Part | 'late'): void {
    const stage = this.#back(task);
    if (part !== 'late') stage.parts.push(part);
    this.#settle(stage);
  }

  /** The run's other threads finish the batches they have: the first problem of all is the one that is told. */
  failed(task: Task, problem: Problem): void {
    const stage = this.#back(task);
    if (!stage.problem || problem.step < stage.problem.step) stage.problem = problem;
    const { course } = stage;
    course.state = 'failed';
    // what comes before the problem goes on, for it may have one too
    const later = course.stages.slice(course.stages.indexOf(stage));
    for (const { run } of later) closeShare(run.share);
    this.#settle(stage);
  }

  #fresh(): Stage | undefined {
    for (const { state, stages } of this.#courses) {
      const fresh = state === 'going' ? stages.find((stage) => stage.state === 'fresh') : undefined;
      if (fresh) return fresh;
    }
    if (this.#next >= this.points.length) return undefined;
    return this.#begin(this.#next++).stages[0];
  }

  #begin(index: number): Course {
    const point = this.points[index]!;
    const course: Course = {
      index,
      point,
      stages: [],
      search: searchOf(point),
      seen: [],
      chosen: undefined,
      state: 'going',
    };
    this.#courses.add(course);
    this.#goOn(course);
    return course;
  }

  /** The next candidates of a course, or the test images where it has chosen. */
  #goOn(course: Course): void {
    const { search, seen, point } = course;
    const more = search.next(seen);
    for (const candidate of more) this.#add(course, candidate, choosingImages(this.context, point));
    if (more.length > 0) return;
    course.chosen = search.choose(seen);
    this.#add(course, course.chosen.candidate, 'test');
  }

  #add(course: Course, candidate: Candidate, images: RunImages): void {
    const run = newRun(this.context, course.point, candidate, images);
    course.stages.push({ course, run, parts: [], threads: 0, state: 'fresh', problem: undefined });
  }

  /** The run with most batches left for each of its threads. */
  #mostWanting(): Stage | undefined {
    let most: { readonly stage: Stage; readonly share: number } | undefined;
    for (const { stages } of this.#courses) {
      for (const stage of stages) {
        if (stage.threads === 0) continue;
        const left = batchesLeft(stage.run.share);
        const share = left / stage.threads;
        if (left >= WORTH_HELP && (!most || share > most.share)) most = { stage, share };
      }
    }
    return most?.stage;
  }

  #give(stage: Stage, role: Role): Task {
    const task: Task = { run: stage.run, role };
    stage.state = 'begun';
    stage.threads++;
    this.#stages.set(task, stage);
    return task;
  }

  #back(task: Task): Stage {
    const stage = this.#stages.get(task)!;
    this.#stages.delete(task);
    stage.threads--;
    return stage;
  }

  #settle(stage: Stage): void {
    if (stage.threads > 0) return;
    stage.state = 'finished';
    const { course } = stage;
    const { stages } = course;
    if (course.state === 'failed') {
      if (stages.some(({ threads }) => threads > 0)) return;
      this.#courses.delete(course);
      const { message } = stages.find(({ problem }) => problem)!.problem!;
      this.outcomes.onFailed(course.index, message);
      return;
    }
    if (stages.some(({ state }) => state !== 'finished')) return;
    if (!course.chosen) {
      for (const { run } of stages.slice(course.seen.length)) {
        course.seen.push({ candidate: run, right: rightOf(this.context, run) });
      }
      this.#goOn(course);
      return;
    }
    // the thread that has just run the test images has the plan for the validation images
    const untried = stage.run.images === 'test' && course.chosen.right === undefined;
    if (untried && validationOf(this.context, course.point)) {
      this.#add(course, course.chosen.candidate, 'validation');
      return;
    }
    this.#courses.delete(course);
    const tested = stages.find(({ run }) => run.images === 'test')!;
    const right = stage.run.images === 'validation' ? rightOf(this.context, stage.run) : course.chosen.right;
    this.outcomes.onDone(course.index, entryOf(this.context, tested.run, tested.parts, right));
  }
}
