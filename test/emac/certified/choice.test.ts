/** Which stage a layer's next block goes to. */
import { expect, it } from 'vitest';
import type { StageKind, StageSource } from '../../../emac/certified/stage.js';
import { StageChoice } from '../../../emac/certified/stages/choice.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { quantizeLayer } from '../../../emac/layer/layer.js';
import { layerNumbers } from '../../../emac/layer/numbers.js';
import { createKernels } from '../../../kernels/loader.js';
import { encoding } from './harness.js';

const kind = (name: string, cost: number): StageKind => ({
  name,
  tier: 'int16',
  cost,
  readsWindows: false,
  create: () => ({ run: () => undefined }),
});

function source(): StageSource {
  const one = encoding('posit8es1');
  const layer = quantizeLayer(
    {
      name: 'layer',
      k: 100,
      outChannels: 1,
      weights: new Float32Array(100),
      bias: new Float32Array(1),
      ...({ activation: 'identity', tensor: 1, group: 0 } as const),
    },
    one,
    one,
    one,
    DEFAULT_CHOICES,
  );
  return { kernels: createKernels(), layer, numbers: layerNumbers(layer), maxRows: 4, windows: undefined };
}

/** Stages of blocks, the cheap one leaving the given shares undecided, the dear one nothing. */
function stagesOf(shares: readonly number[]): string[] {
  const choice = new StageChoice([kind('dear', 2.2), kind('cheap', 1)], source());
  return shares.map((share) => {
    const chosen = choice.next();
    choice.observe(chosen, chosen.kind.name === 'cheap' ? share : 0, 1);
    return chosen.kind.name;
  });
}

// the difference of 1.2 is repair of 1.2 / (8 + 1000 / 100) = 0.067 of the outputs
it('one hard block among easy ones leaves the layer where it is', () => {
  expect(new Set(stagesOf([0.01, 0.01, 0.2, 0.01, 0.01]))).toEqual(new Set(['cheap']));
});

it('hard blocks send it to the dearer stage, from the first one on', () => {
  expect(stagesOf([0.2, 0.2, 0.2])).toEqual(['cheap', 'dear', 'dear']);
  expect(stagesOf([0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])).toEqual([...Array(5).fill('cheap'), 'dear', 'dear']);
});

it('and the cheaper one is tried again, seldom', () => {
  const stages = stagesOf(new Array(400).fill(0.2));
  const tries = stages.filter((name) => name === 'cheap').length;
  expect(tries).toBeGreaterThan(3);
  expect(tries).toBeLessThan(20);
  const later = stagesOf([...new Array(10).fill(0.2), ...new Array(400).fill(0.01)]);
  expect(new Set(later.slice(-200))).toEqual(new Set(['cheap']));
});

it('a stage that refuses a block has the next one offered', () => {
  const choice = new StageChoice([kind('cheap', 1), kind('dear', 2.2)], source());
  const first = choice.next();
  choice.refuse(first);
  const second = choice.next();
  expect([first.kind.name, second.kind.name]).toEqual(['cheap', 'dear']);
  choice.observe(second, 0, 1);
  expect(choice.next().kind.name).toBe('cheap');
});
