/** Where labels of points go so that they cover neither each other nor the points. Pixels, y downwards. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Anchor {
  readonly x: number;
  readonly y: number;
  /** Size of the label's text. */
  readonly width: number;
  readonly height: number;
}

export interface PlacedLabel {
  /** Left edge and vertical middle of the text. */
  readonly x: number;
  readonly y: number;
  /** Whether it stands so far away that a line should lead to its point. */
  readonly leader: 'line' | 'none';
  /** Where that line leaves the text's box: the point of its edge that is nearest to the label's own point. */
  readonly from: Place;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** A line that leads from a label to its point. */
interface Leader {
  readonly from: Place;
  readonly to: Place;
}

/** Distances and directions tried in this order: near before far, above before below, the eight winds before those between. */
const DISTANCES = [9, 18, 30, 44, 60, 80, 104, 132];
/** A label further off has a leader. */
const NEAR = 18;
const DIRECTIONS: ReadonlyArray<readonly [dx: number, dy: number]> = [
  [-0.7, -0.7],
  [0, -1],
  [0.7, 0.7],
  [1, 0],
  [0.7, -0.7],
  [0, 1],
  [-1, 0],
  [-0.7, 0.7],
  [-0.4, -0.9],
  [0.4, 0.9],
  [0.9, 0.4],
  [0.9, -0.4],
  [0.4, -0.9],
  [-0.4, 0.9],
  [-0.9, -0.4],
  [-0.9, 0.4],
];

/** Pixels that a line through a text counts as wide: as bad as another text on two thirds of it. */
const LINE_WEIGHT = 8;

/**
 * Places labels one after the other, each at the first try that lies in `frame`, meets no obstacle, no label before it and
 * no leader of one, and whose own leader crosses no label; where every try fails, at the one that covers least.
 */
export function placeLabels(
  anchors: readonly Anchor[],
  obstacles: readonly Box[],
  frame: Box,
): PlacedLabel[] {
  const labels: Box[] = [];
  const leaders: Leader[] = [];
  return anchors.map((anchor) => {
    let best: { box: Box; covered: number; leader: Leader | undefined } | undefined;
    for (const distance of DISTANCES) {
      for (const [dx, dy] of DIRECTIONS) {
        const box = boxAt(anchor, dx, dy, distance);
        if (!inside(box, frame)) continue;
        const leader = distance > NEAR ? { from: edgeTowards(box, anchor), to: anchor } : undefined;
        const covered =
          [...obstacles, ...labels].reduce((sum, other) => sum + overlap(box, other), 0) +
          LINE_WEIGHT *
            (leaders.reduce((sum, other) => sum + lengthInside(other, box), 0) +
              (leader ? labels.reduce((sum, other) => sum + lengthInside(leader, other), 0) : 0));
        if (!best || covered < best.covered) best = { box, covered, leader };
      }
      if (best?.covered === 0) break;
    }
    const { box, leader } = best ?? { box: boxAt(anchor, 0, -1, DISTANCES[0]!), leader: undefined };
    labels.push(box);
    if (leader) leaders.push(leader);
    return {
      x: box.x,
      y: box.y + box.height / 2,
      leader: leader ? 'line' : 'none',
      from: leader?.from ?? edgeTowards(box, anchor),
    };
  });
}

function edgeTowards(box: Box, { x, y }: Place): Place {
  return {
    x: Math.min(Math.max(x, box.x), box.x + box.width),
    y: Math.min(Math.max(y, box.y + 1), box.y + box.height - 1),
  };
}

/** How much of a line lies in a box (Liang and Barsky, 1984). */
function lengthInside({ from, to }: Leader, box: Box): number {
  let [enter, leave] = [0, 1];
  for (const [start, change, low, high] of [
    [from.x, to.x - from.x, box.x, box.x + box.width],
    [from.y, to.y - from.y, box.y, box.y + box.height],
  ] as const) {
    if (change === 0) {
      if (start <= low || start >= high) return 0;
      continue;
    }
    const [a, b] = [(low - start) / change, (high - start) / change];
    enter = Math.max(enter, Math.min(a, b));
    leave = Math.min(leave, Math.max(a, b));
  }
  return Math.max(0, leave - enter) * Math.hypot(to.x - from.x, to.y - from.y);
}

/** The label's box with the side that faces the point at `distance` from it in the direction (dx, dy). */
function boxAt(anchor: Anchor, dx: number, dy: number, distance: number): Box {
  const { width, height } = anchor;
  const x = anchor.x + dx * distance + (dx < 0 ? -width : dx > 0 ? 0 : -width / 2);
  const y = anchor.y + dy * distance + (dy < 0 ? -height : dy > 0 ? 0 : -height / 2);
  return { x, y, width, height };
}

function inside(box: Box, frame: Box): boolean {
  return (
    box.x >= frame.x &&
    box.y >= frame.y &&
    box.x + box.width <= frame.x + frame.width &&
    box.y + box.height <= frame.y + frame.height
  );
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}
