/**
 * What the numbers that kernels take stand for. A plain number fits all of them; one that is known as a pointer fits no count,
 * and one known as a count no pointer.
 */
declare const unit: unique symbol;

/** Bytes from the start of the heap. */
export type Pointer = number & { readonly [unit]?: 'pointer' };
/** A 32-bit integer, signed or not: sizes, strides, codes and flags. */
export type Integer = number & { readonly [unit]?: 'integer' };
/** A float32 or float64. */
export type Real = number & { readonly [unit]?: 'real' };

/** What a kernel takes after its first two pointers, as one list: sizes that are the same for every image. */
export type AfterTwo<Call extends (...all: never[]) => unknown> =
  Parameters<Call> extends [unknown, unknown, ...infer Rest] ? Readonly<Rest> : never;
