/** Arrays on the kernels' heap: a pointer for the kernels and a typed array, which both outlive the heap's growth. */
import type { Kernels } from '../../kernels/loader.js';
import type { Pointer } from '../../kernels/units.js';

export interface HeapArray<View> {
  readonly pointer: Pointer;
  readonly values: View;
}

export function heapFloat64(kernels: Kernels, length: number): HeapArray<Float64Array> {
  const pointer = kernels.allocate(length * 8);
  return { pointer, values: kernels.f64(pointer, length) };
}

export function heapFloat32(kernels: Kernels, length: number): HeapArray<Float32Array> {
  const pointer = kernels.allocate(length * 4);
  return { pointer, values: kernels.f32(pointer, length) };
}

export function heapInt32(kernels: Kernels, length: number): HeapArray<Int32Array> {
  const pointer = kernels.allocate(length * 4);
  return { pointer, values: kernels.i32(pointer, length) };
}

export function heapInt16(kernels: Kernels, length: number): HeapArray<Int16Array> {
  const pointer = kernels.allocate(length * 2);
  return { pointer, values: kernels.i16(pointer, length) };
}

export function heapUint16(kernels: Kernels, length: number): HeapArray<Uint16Array> {
  const pointer = kernels.allocate(length * 2);
  return { pointer, values: kernels.u16(pointer, length) };
}

export function heapUint8(kernels: Kernels, length: number): HeapArray<Uint8Array> {
  const pointer = kernels.allocate(length);
  return { pointer, values: kernels.u8(pointer, length) };
}

export function heapUint32(kernels: Kernels, length: number): HeapArray<Uint32Array> {
  const pointer = kernels.allocate(length * 4);
  return { pointer, values: kernels.u32(pointer, length) };
}
