/** Changes to what a JSON or YAML file holds, so that it still parses and is wrong further in. */
import type { Draws } from './draws.js';
import { oddNumber, oddText, oddValue } from './oddities.js';

type Holder = Record<string, unknown> | unknown[];

/** Where a value stands. */
interface Place {
  readonly holder: Holder;
  readonly key: string;
}

/** A changed copy. */
export function mutatedValue(draws: Draws, value: unknown): unknown {
  const root = { value: structuredClone(value) };
  for (let times = draws.fewTimes(); times > 0; times--) change(draws, root);
  return root.value;
}

function valueAt({ holder, key }: Place): unknown {
  return (holder as Record<string, unknown>)[key];
}

function placesIn(root: Holder): Place[] {
  const places: Place[] = [];
  const open: Holder[] = [root];
  // what a change before made deep or long is left alone
  while (open.length > 0 && places.length < 5000) {
    const holder = open.pop()!;
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      const inner = valueAt({ holder, key });
      if (inner !== null && typeof inner === 'object') open.push(inner as Holder);
    }
  }
  return places;
}

function change(draws: Draws, root: { value: unknown }): void {
  const places = placesIn(root as Record<string, unknown>);
  const numbers = places.filter((place) => typeof valueAt(place) === 'number');
  if (numbers.length > 0 && draws.oncePer(2)) {
    // what has another type is refused at the door: numbers come further
    const place = draws.of(numbers);
    set(place.holder, place.key, nudged(draws, valueAt(place)));
    return;
  }
  const { holder, key } = draws.of(places);
  const old = valueAt({ holder, key });
  switch (draws.below(9)) {
    case 0:
      if (holder !== (root as unknown)) remove(holder, key);
      return;
    case 1:
      set(holder, draws.oncePer(3) ? oddText(draws) : `${key}${draws.of(['s', '_', '1', ' '])}`, old);
      return;
    case 2:
      set(holder, key, draws.oncePer(2) ? [old] : { [key]: old });
      return;
    case 3: {
      set(holder, key, structuredClone(valueAt(draws.of(places))));
      return;
    }
    case 4:
      if (Array.isArray(old)) old.push(...(draws.oncePer(2) ? old.slice(0, 50) : [oddValue(draws)]));
      else set(holder, key, nudged(draws, old));
      return;
    case 5:
    case 6:
      set(holder, key, nudged(draws, old));
      return;
    default:
      set(holder, key, oddValue(draws));
  }
}

/** Another value of the same type. */
function nudged(draws: Draws, old: unknown): unknown {
  if (typeof old === 'number') {
    return draws.of([old + 1, old - 1, -old, old * 2, old * 1000, old / 3, oddNumber(draws)]);
  }
  if (typeof old === 'boolean') return !old;
  if (typeof old !== 'string') return oddValue(draws);
  const at = draws.below(old.length + 1);
  return draws.of([
    old.slice(0, at),
    old.slice(at),
    `${old.slice(0, at)}${oddText(draws)}${old.slice(at)}`,
    old.toUpperCase(),
    old.replace(/\d+/, String(oddNumber(draws))),
  ]);
}

function remove(holder: Holder, key: string): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

/** Also under names like __proto__, as JSON.parse does. */
function set(holder: Holder, key: string, value: unknown): void {
  if (Array.isArray(holder)) holder[Number(key)] = value;
  else Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}
