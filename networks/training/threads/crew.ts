/** The threads of one training: the calling one, which leads, and workers beside it. */

import { UserError } from '../../../errors.js';
import type { Kernels } from '../../../kernels/loader.js';
import { Pool, type Problem, type WorkSource } from '../../../platform/pool.js';
import type { Parameters } from '../../network.js';
import { type Leader, Learner, type Lesson } from '../learner.js';
import { SHARDS } from '../shards.js';
import type { Classified } from './classify.js';
import { perform, type Result, type Work, type WorkerData } from './tasks.js';
import { Team } from './team.js';

/** The same work for every thread. */
class OneEach implements WorkSource<Work, Result> {
  readonly results: number[] = [];
  problem: Problem | undefined;
  #given = 0;

  constructor(
    private readonly lanes: number,
    private readonly work: Work,
    private readonly team: Team,
  ) {}

  next(): Work | 'wait' | 'end' {
    if (this.#given < this.lanes) {
      this.#given++;
      return this.work;
    }
    return this.results.length < this.lanes && this.problem === undefined ? 'wait' : 'end';
  }

  room(): number {
    return this.lanes - this.#given;
  }

  done(_: Work, result: Result): void {
    this.results.push(result);
  }

  failed(_: Work, problem: Problem): void {
    this.problem ??= problem;
    this.team.break();
  }
}

export class Crew {
  readonly learner: Learner;
  readonly #team: Team;
  readonly #pool: Pool<Work, Result>;

  /** `threads` beyond the eight shards would have nothing to do. */
  constructor(
    kernels: Kernels,
    private readonly lesson: Lesson,
    threads: number,
    plugins: readonly string[],
  ) {
    const lanes = Math.min(threads, SHARDS);
    this.#team = new Team(lanes);
    this.learner = new Learner(kernels, lesson, this.#team.lane(0));
    const data: WorkerData = { memory: kernels.memory, words: this.#team.words, lesson, lanes, plugins };
    this.#pool = new Pool({
      file: 'networks/training/threads/worker.js',
      data,
      workers: lanes - 1,
      written: (work) => work,
    });
    this.lanes = lanes;
  }

  readonly lanes: number;

  /** Throws what the leader throws, and UserError where a worker failed. */
  async epoch(epoch: number, from: number, leader: Leader): Promise<void> {
    await this.#run({ kind: 'epoch', epoch, from }, leader);
  }

  /** How many of the images the float dataflow gets right with `parameters`. */
  async classify(parameters: Parameters, what: Classified): Promise<number> {
    const counter = new Int32Array(new SharedArrayBuffer(4));
    const rights = await this.#run({ kind: 'classify', parameters, what, counter });
    return rights.reduce((sum, right) => sum + right, 0);
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #run(work: Work, leader?: Leader): Promise<readonly number[]> {
    const source = new OneEach(this.lanes, work, this.#team);
    await this.#pool.run({
      source,
      here: () => perform(() => this.learner, this.#team, this.lesson, work, leader),
    });
    if (source.problem !== undefined) throw new UserError(`training: ${source.problem.message}`);
    return source.results;
  }
}
