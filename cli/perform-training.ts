/** The work behind `cheetah train`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Dataset, nameOf } from '../datasets/dataset.js';
import { validationCount } from '../datasets/validation.js';
import { CHECKPOINT_FILE, type EpochRecord } from '../networks/files/checkpoint.js';
import { modelData, saveModel } from '../networks/files/model.js';
import type { Network } from '../networks/network.js';
import { networkTotals } from '../networks/shapes.js';
import { type Trained, type TrainingProgress, TrainingStopped, train } from '../networks/training/train.js';
import { takeLock } from '../platform/lock.js';
import type { SweepProgress } from '../sweep/progress.js';
import { wilson } from '../sweep/statistics/wilson.js';
import { handleSignals, leave } from './ending.js';
import { tell } from './notes.js';
import { duration, terminalProgress } from './progress.js';
import { threadCount } from './thread-count.js';
import { notesOf, writeCurve } from './training-files.js';
import { type SubjectArguments, subjectOf } from './training-subject.js';

export interface TrainArguments extends SubjectArguments {
  threads: number | undefined;
  plugin: readonly string[] | undefined;
  resume: boolean | undefined;
  json: boolean | undefined;
}

/** `98.97 % (95 % interval 98.75 to 99.15 %)`. */
function accuracy(correct: number, count: number): string {
  const percent = (share: number) => (100 * share).toFixed(2);
  const { low, high } = wilson(correct, count);
  return `${percent(correct / count)} % (95 % interval ${percent(low)} to ${percent(high)} %)`;
}

function epochLine(record: EpochRecord, epochs: number, imagesPerSecond: number): string {
  const seen = ((100 * record.trainCorrect) / record.trainCount).toFixed(2);
  const { validationCorrect, validationCount } = record;
  const validation =
    validationCount === 0 ? 'n/a' : `${((100 * validationCorrect) / validationCount).toFixed(2)} %`;
  const speed = Math.round(imagesPerSecond).toLocaleString('en-US');
  return `epoch ${record.epoch}/${epochs}: loss ${record.loss.toFixed(4)}, training ${seen} %, validation ${validation}, ${speed} images/s`;
}

const count = (n: number): string => n.toLocaleString('en-US');

/** `loss 0.4321, 87.65 %, 1,234 images/s, 12 min 3 s for all epochs`. */
function detailOf({ loss, accuracy, imagesPerSecond, secondsLeft }: TrainingProgress): string {
  const speed = Math.round(imagesPerSecond).toLocaleString('en-US');
  const left = duration(1000 * secondsLeft);
  return `loss ${loss.toFixed(4)}, ${(100 * accuracy).toFixed(2)} %, ${speed} images/s, ${left} for all epochs`;
}

/** The callbacks that show a training's progress. `done.epochs` counts this run's epochs, not those of a checkpoint. */
function listener(progress: SweepProgress, epochs: number) {
  let running = 0;
  let speed = 0;
  const done = { epochs: 0 };
  return {
    done,
    onNote: (text: string): void => progress.note(text),
    onProgress(now: TrainingProgress): void {
      speed = now.imagesPerSecond;
      if (running !== now.epoch) progress.begin(`epoch ${now.epoch}/${now.epochs}, batch`, now.batches);
      running = now.epoch;
      progress.reach(now.batch, detailOf(now));
    },
    onEpoch(record: EpochRecord): void {
      done.epochs++;
      progress.end();
      progress.note(epochLine(record, epochs, speed));
    },
  };
}

/** Accuracy and place on stdout, or all of it as JSON. */
function printResult(
  given: TrainArguments,
  { network, dataset, out }: { network: Network; dataset: Dataset; out: string },
  { options, history, test }: Trained,
  weightsHash: string,
): void {
  if (!given.json) {
    console.log(
      `${network.name} on ${dataset.name}, float32: ${accuracy(test.correct, test.count)} of ${count(test.count)} test images`,
    );
    console.log(`saved in ${out} (weights ${weightsHash.slice(0, 16)})`);
    return;
  }
  const { low, high } = wilson(test.correct, test.count);
  const record = {
    network: network.name,
    dataset: nameOf(dataset),
    out,
    weights_hash: weightsHash.slice(0, 16),
    accuracy: test.correct / test.count,
    accuracy_low: low,
    accuracy_high: high,
    options,
    history,
  };
  console.log(JSON.stringify(record, null, 2));
}

/** Trains, tells of it on stderr, saves the model and prints its accuracy and place on stdout. */
export async function performTraining(given: TrainArguments): Promise<void> {
  const threads = threadCount(given.threads);
  const subject = await subjectOf(given);
  const { network, dataset, options, out } = subject;
  const { parameters, macs } = networkTotals(network);
  const progress = terminalProgress();
  const validation = validationCount(dataset.train.count);
  progress.note(
    `${network.name} on ${dataset.name}: ${count(parameters)} parameters, ${count(macs)} multiply-accumulates an image, ${count(dataset.train.count - validation)} training, ${count(validation)} validation and ${count(dataset.test.count)} test images`,
  );
  if (given.resume && !existsSync(join(out, CHECKPOINT_FILE))) {
    progress.note(`no checkpoint in ${out}: starting from the beginning`);
  }
  const release = takeLock(out, 'train into another directory with --out');
  const controller = new AbortController();
  let stoppedBy: number | undefined;
  const kept = () =>
    existsSync(join(out, CHECKPOINT_FILE))
      ? `stopped: what is done is kept in ${out}; the same command with --resume goes on from it`
      : 'stopped before the first batch: nothing is kept yet';
  const stopListening = handleSignals((exitCode) => {
    progress.end();
    // a second Ctrl-C does not wait; files are written whole, so the last checkpoint stays as it is
    if (stoppedBy !== undefined) leave(exitCode, kept());
    stoppedBy = exitCode;
    controller.abort();
  });
  const { done, ...told } = listener(progress, options.epochs);
  const start = given.resume ? 'resume' : given.fresh ? 'fresh' : 'ask';
  const { signal } = controller;
  const plugins = given.plugin ?? [];
  const calls = { checkpoint: out, start, threads, plugins, signal, ...told } as const;
  const trained = await train(network, dataset, options, calls).catch((error: unknown) => {
    if (error instanceof TrainingStopped) leave(stoppedBy ?? 1, kept());
    throw error;
  });
  const { weightsHash } = await saveModel(out, {
    network,
    parameters: trained.parameters,
    data: modelData(dataset, options.seed),
    notes: notesOf(subject.command, dataset, trained),
  });
  await writeCurve(out, `${network.name} on ${dataset.name}`, trained.history, tell);
  printResult(given, subject, trained, weightsHash);
  if (done.epochs === 0) progress.note('it was trained already; --fresh trains it again');
  stopListening();
  release();
}
