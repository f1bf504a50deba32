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
}

/** Distances and directions tried in this order: near before far, above before below. */
const DISTANCES = [9, 18, 30, 44, 60, 80];
const DIRECTIONS: ReadonlyArray<readonly [dx: number, dy: number]> = [
  [-0.7, -0.7],
  [0, -1],
  [0.7, 0.7],
  [1, 0],
  [0.7, -0.7],
  [0, 1],
  [-1, 0],
  [-0.7, 0.7],
];

/**
 * Places labels one after the other, each at the first try that lies in `frame` and meets no obstacle and no
 * label before it; where every try fails, at the one that covers least.
 */
export function placeLabels(
  anchors: readonly Anchor[],
  obstacles: readonly Box[],
  frame: Box,
): PlacedLabel[] {
  const taken: Box[] = [...obstacles];
  return anchors.map((anchor) => {
    let best: { box: Box; covered: number; distance: number } | undefined;
    for (const distance of DISTANCES) {
      for (const [dx, dy] of DIRECTIONS) {
        const box = boxAt(anchor, dx, dy, distance);
        if (!inside(box, frame)) continue;
        const covered = taken.reduce((sum, other) => sum + overlap(box, other), 0);
        if (!best || covered < best.covered) best = { box, covered, distance };
      }
      if (best?.covered === 0) break;
    }
    const { box, distance } = best ?? { box: boxAt(anchor, 0, -1, DISTANCES[0]!), distance: 0 };
    taken.push(box);
    return { x: box.x, y: box.y + box.height / 2, leader: distance > DISTANCES[1]! ? 'line' : 'none' };
  });
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
