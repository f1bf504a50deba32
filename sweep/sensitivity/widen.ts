/** An assignment from a ranking: layers are widened, the worst first, until little enough is lost. */
import type { Run } from '../run-images.js';
import { difference, isWithin } from './difference.js';
import { assignmentEntry, type FormatPair, type Layer } from './layers.js';
import type { WidenedAssignment } from './result.js';
import { runOf, type Trial, testShare } from './trial.js';

/** A narrow format with its layers ranked, and what ran of it already. */
export interface RankedFormat {
  readonly asked: string;
  readonly narrow: FormatPair;
  /** All layers narrow. */
  readonly all: Run;
  /** The worst first, each with its run where it alone is wide. */
  readonly ranked: readonly { readonly layer: Layer; readonly run: Run }[];
}

/**
 * The fewest layers in rank order whose widening leaves at most the margin lost against all layers wide, on the images that
 * rank; with all of them widened nothing is lost, so there always are. Then the test images, once.
 */
export async function widen(trial: Trial, format: RankedFormat): Promise<WidenedAssignment> {
  const { bench, fields, labels, layers, margin, ranking, wide, wideRun } = trial;
  const { context, threads, progress } = bench;
  const { asked, narrow, all, ranked } = format;
  const ran = new Map([
    [0, all],
    [1, ranked[0]!.run],
    [layers.length, wideRun],
  ]);
  progress.begin(`widening layers of ${asked}, layer`, layers.length);
  for (let count = 0; ; count++) {
    const widened = ranked.slice(0, count).map(({ layer }) => layer);
    const entry = assignmentEntry(`${asked}-${count}-of-${layers.length}-wide`, narrow, widened, wide);
    let run = ran.get(count);
    if (!run) {
      run = runOf(context, fields, entry, ranking);
      await threads.classify([run]);
    }
    progress.reach(count);
    const lost = difference(wideRun.share.classes, run.share.classes, labels);
    if (!isWithin(lost, margin)) continue;
    const tested = runOf(context, fields, entry, 'test');
    await threads.classify([tested]);
    progress.end();
    const test = testShare(bench, tested.share.classes);
    return { entry, widened: widened.map(({ name }) => name), lost, test };
  }
}
