/**
 * Tables of a FlatBuffer that may be anything: every place is checked before it is read, so a cut or altered file gives a
 * UserError and never a hang or a huge allocation. What a field means is said by its slot (schema.ts).
 */
import { ByteBuffer } from 'flatbuffers';
import { UserError } from '../../errors.js';

/** Slots follow the two lengths that a vtable begins with. */
const FIRST_SLOT = 4;
const SLOT = 2;

/**
 * Elements of vectors and bytes of names that are read one after another, all in all: models have thousands. Vectors may share
 * their bytes, so the length of a file is no bound.
 */
const MOST_ELEMENTS = 2 ** 22;

export class Flatbuffer {
  readonly bytes: Uint8Array;
  readonly #buffer: ByteBuffer;
  #read = 0;

  /** `source` is named in messages. */
  constructor(
    bytes: Uint8Array,
    readonly source: string,
  ) {
    // slices of Node's buffers are views; those of plain arrays are copies
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#buffer = new ByteBuffer(this.bytes);
  }

  /** The root, behind the four letters that say what the file is. Throws UserError where they are others. */
  root(identifier: string): Table {
    this.need(0, 8);
    const letters = String.fromCharCode(...this.bytes.subarray(4, 8));
    if (letters !== identifier) {
      throw new UserError(
        `${this.source} is no file of this kind: it has no ${identifier} at its fifth byte`,
      );
    }
    return this.table(this.u32(0));
  }

  /** Throws UserError unless `length` bytes from `at` on are in the file. */
  need(at: number, length: number): void {
    if (at >= 0 && length >= 0 && at + length <= this.bytes.length) return;
    throw new UserError(
      `${this.source} is cut or altered: a place in it is beyond its ${this.bytes.length} bytes`,
    );
  }

  i8(at: number): number {
    this.need(at, 1);
    return this.#buffer.readInt8(at);
  }

  u16(at: number): number {
    this.need(at, 2);
    return this.#buffer.readUint16(at);
  }

  i32(at: number): number {
    this.need(at, 4);
    return this.#buffer.readInt32(at);
  }

  u32(at: number): number {
    this.need(at, 4);
    return this.#buffer.readUint32(at);
  }

  f32(at: number): number {
    this.need(at, 4);
    return this.#buffer.readFloat32(at);
  }

  /** Throws UserError for integers that no double holds. */
  i64(at: number): number {
    this.need(at, 8);
    const value = this.#buffer.readInt64(at);
    if (value >= -(2n ** 53n) && value <= 2n ** 53n) return Number(value);
    throw new UserError(`${this.source} is altered: ${value} is beyond what it can mean`);
  }

  /** Throws UserError where the file asks for more elements than a model has. */
  spend(elements: number): void {
    this.#read += elements;
    if (this.#read <= MOST_ELEMENTS) return;
    throw new UserError(`${this.source} has lists of more than ${MOST_ELEMENTS} elements, which is no model`);
  }

  /** The place that the offset at `at` leads to. */
  follow(at: number): number {
    return at + this.u32(at);
  }

  table(at: number): Table {
    return new Table(this, at);
  }

  /** Elements of a vector, of `size` bytes each. */
  vector(at: number, size: number): { readonly first: number; readonly length: number } {
    const length = this.u32(at);
    this.need(at + 4, length * size);
    return { first: at + 4, length };
  }
}

/** A table by its slots, which count its fields from 0; a field that is not there has its default. */
export class Table {
  readonly #vtable: number;
  readonly #slots: number;

  constructor(
    readonly file: Flatbuffer,
    readonly at: number,
  ) {
    this.#vtable = at - file.i32(at);
    const bytes = file.u16(this.#vtable);
    file.need(this.#vtable, bytes);
    this.#slots = Math.floor((bytes - FIRST_SLOT) / SLOT);
  }

  /** Where a field stands; undefined where the table lacks it. */
  #place(slot: number): number | undefined {
    if (slot >= this.#slots) return undefined;
    const offset = this.file.u16(this.#vtable + FIRST_SLOT + slot * SLOT);
    return offset === 0 ? undefined : this.at + offset;
  }

  i8(slot: number, otherwise = 0): number {
    const at = this.#place(slot);
    return at === undefined ? otherwise : this.file.i8(at);
  }

  i32(slot: number, otherwise = 0): number {
    const at = this.#place(slot);
    return at === undefined ? otherwise : this.file.i32(at);
  }

  u32(slot: number, otherwise = 0): number {
    const at = this.#place(slot);
    return at === undefined ? otherwise : this.file.u32(at);
  }

  f32(slot: number, otherwise = 0): number {
    const at = this.#place(slot);
    return at === undefined ? otherwise : this.file.f32(at);
  }

  table(slot: number): Table | undefined {
    const at = this.#place(slot);
    return at === undefined ? undefined : this.file.table(this.file.follow(at));
  }

  /** UTF-8; '' where the table lacks it. */
  text(slot: number): string {
    const bytes = this.bytes(slot);
    if (bytes === undefined) return '';
    this.file.spend(bytes.length);
    return new TextDecoder().decode(bytes);
  }

  /** A view of a vector of bytes. */
  bytes(slot: number): Uint8Array | undefined {
    const at = this.#place(slot);
    if (at === undefined) return undefined;
    const { first, length } = this.file.vector(this.file.follow(at), 1);
    return this.file.bytes.subarray(first, first + length);
  }

  i32s(slot: number): number[] {
    return this.#list(slot, 4, (at) => this.file.i32(at));
  }

  i64s(slot: number): number[] {
    return this.#list(slot, 8, (at) => this.file.i64(at));
  }

  f32s(slot: number): number[] {
    return this.#list(slot, 4, (at) => this.file.f32(at));
  }

  tables(slot: number): Table[] {
    return this.#list(slot, 4, (at) => this.file.table(this.file.follow(at)));
  }

  #list<Element>(slot: number, size: number, read: (at: number) => Element): Element[] {
    const at = this.#place(slot);
    if (at === undefined) return [];
    const { first, length } = this.file.vector(this.file.follow(at), size);
    this.file.spend(length);
    return Array.from({ length }, (_, i) => read(first + i * size));
  }
}
