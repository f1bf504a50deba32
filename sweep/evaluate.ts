/** One point in one thread: encode, compile, run the images, count, price. */
import { createKernels } from '../kernels/loader.js';
import { atOnce, causeOf } from '../networks/batches.js';
import { type Calibration, calibrationFrom, makeEncodings } from '../networks/calibration.js';
import type { Plan } from '../networks/plan.js';
import type { EncodingTable } from '../networks/program.js';
import type { Assignment } from '../quantizers/assignment.js';
import { writeAssignment } from './choice.js';
import { type Chosen, type Seen, searchOf } from './choosing.js';
import { type SweepContext, seedOf } from './context.js';
import { priceRows } from './cost.js';
import { choicesOf, entryOf } from './entry.js';
import { canonicalJson } from './hash.js';
import type { Entry } from './journal.js';
import { type Point, writePoint } from './point.js';
import { predictShare } from './predict.js';
import {
  choosingImages,
  indicesOf,
  newRun,
  type Role,
  type Run,
  type RunImages,
  rightOf,
  splitOf,
  validationOf,
} from './run-images.js';
import { type Description, type Part, talliedSince } from './run-part.js';
import { BATCH, batchesLeft } from './share.js';
import { macsOf, parameterBits, parametersOf } from './sizes.js';

/** A point compiled: the plan to run and the encodings it has. */
export interface CompiledPoint {
  readonly plan: Plan;
  readonly table: EncodingTable;
}

/** Evaluates points of one sweep; what points share is made once. */
export class Evaluator {
  readonly #calibrations = new Map<string, Calibration>();
  readonly #indices = new Map<string, Uint32Array>();
  #last: { readonly key: string; readonly compiled: CompiledPoint } | undefined;
  /** One heap, used by one plan after the other: a sweep has hundreds of plans. */
  readonly #kernels = createKernels();

  constructor(private readonly context: SweepContext) {}

  /** The rows of a point, one for each cost source and number of units. */
  evaluate(point: Point): Entry {
    const { candidate, right } = this.#chosen(point);
    const run = newRun(this.context, point, candidate, 'test');
    const part = this.#wholeRun(run);
    if (right !== undefined || !validationOf(this.context, point)) {
      return entryOf(this.context, run, [part], right);
    }
    const validation = newRun(this.context, point, candidate, 'validation');
    this.#wholeRun(validation);
    return entryOf(this.context, run, [part], rightOf(this.context, validation));
  }

  /** Encodings and plan of a point, what it leaves open chosen; ends the plan before. */
  compile(point: Point): CompiledPoint {
    return this.#compileWith(point, this.#chosen(point).candidate.assignment);
  }

  /**
   * Takes batches of a run until none is left; `late` where none was left from the start. The first thread of a run also
   * describes its plan. Every step of the generator is one batch; until it has ended, no other plan may be compiled.
   * Throws BatchError for what goes wrong in a batch.
   */
  *part(run: Run, role: Role): Generator<void, Part | 'late'> {
    if (role === 'helper' && batchesLeft(run.share) === 0) return 'late';
    const started = performance.now();
    const { point, images, share } = run;
    const { dataset } = this.context;
    const compiled = this.#compileWith(point, run.assignment);
    const before = compiled.plan.tally?.();
    const counts = yield* predictShare(
      compiled.plan,
      dataset,
      splitOf(dataset, images),
      this.#indicesOf(point, images),
      share,
    );
    return {
      tally: { ...counts, codes: talliedSince(before, compiled.plan.tally?.()) },
      description: role === 'first' ? describe(point, compiled) : undefined,
      milliseconds: Math.round(performance.now() - started),
    };
  }

  /** A whole run in this thread. Throws the error of a batch itself, not the BatchError around it. */
  #wholeRun(run: Run): Part {
    try {
      return atOnce(this.part(run, 'first')) as Part;
    } catch (error) {
      throw causeOf(error);
    }
  }

  #chosen(point: Point): Chosen {
    const images = choosingImages(this.context, point);
    const search = searchOf(point);
    const seen: Seen[] = [];
    for (;;) {
      const more = search.next(seen);
      if (more.length === 0) return search.choose(seen);
      for (const candidate of more) {
        const run = newRun(this.context, point, candidate, images);
        this.#wholeRun(run);
        seen.push({ candidate, right: rightOf(this.context, run) });
      }
    }
  }

  #indicesOf(point: Point, images: RunImages): Uint32Array {
    const key = `${images} ${point.testImages} ${point.calibrationImages} ${point.seed}`;
    let indices = this.#indices.get(key);
    if (!indices) {
      indices = indicesOf(this.context, point, images);
      this.#indices.set(key, indices);
    }
    return indices;
  }

  #calibration(point: Point): Calibration {
    const key = `${point.seed} ${point.calibrationImages}`;
    let calibration = this.#calibrations.get(key);
    if (!calibration) {
      const data = seedOf(this.context, point.seed).calibrations.get(point.calibrationImages);
      if (!data)
        throw new Error(`no calibration of ${point.calibrationImages} images for seed ${point.seed}`);
      calibration = calibrationFrom(data);
      this.#calibrations.set(key, calibration);
    }
    return calibration;
  }

  /** The plan before, where it is the same: the test and the validation images of a point run on one. */
  #compileWith(point: Point, assignment: Assignment): CompiledPoint {
    const key = canonicalJson([writePoint(point), writeAssignment(assignment)]);
    if (this.#last?.key !== key) {
      this.#last = undefined;
      this.#last = { key, compiled: this.#compileAnew(point, assignment) };
    }
    return this.#last.compiled;
  }

  #compileAnew(point: Point, assignment: Assignment): CompiledPoint {
    const { program } = seedOf(this.context, point.seed);
    const { quantizer, mode, policy, underflow, granularity } = point;
    const table = makeEncodings(program, this.#calibration(point), {
      assignment,
      quantizer,
      rounding: { mode, policy, underflow },
      granularity,
    });
    this.#kernels.clear();
    const room = { batch: BATCH, kernels: this.#kernels };
    const plan = point.dataflow.compile(program, table, choicesOf(point), room);
    return { plan, table };
  }
}

function describe(point: Point, { plan, table }: CompiledPoint): Description {
  const { program } = plan;
  return {
    columns: {
      parameters: parametersOf(program),
      parameterBits: parameterBits(program, table),
      macs: macsOf(program),
      ...(plan.logits && { logits: plan.logits }),
    },
    costs: priceRows(point, plan.macFacts?.(), plan.unpriced),
  };
}
