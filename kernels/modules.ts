/**
 * The WebAssembly modules that the build makes (kernels/build/compile.ts): compiled once from what is handed in here,
 * since only the outside knows where they lie. On Node platform/kernel-files.ts does it; in a browser the page does.
 */
/** The modules by the names of their files, without `.wasm`. */
export type ModuleName = 'kernels' | 'relaxed';

/** A `WebAssembly.Module`; TypeScript declares its type for browsers only. */
export type CompiledModule = object;

/**
 * The bytes of a module, or what the page compiled of them; undefined for none: without `relaxed` int8 products take
 * longer, without `kernels` there are none. Called once for each name, when the first kernels are made.
 */
export type ModuleSource = (name: ModuleName) => Uint8Array | ArrayBuffer | CompiledModule | undefined;

let source: ModuleSource | undefined;
const compiled = new Map<ModuleName, WebAssembly.Module | undefined>();

/** Sets where this thread's modules come from. A later call holds for the kernels made after it. */
export function provideModules(from: ModuleSource): void {
  source = from;
  compiled.clear();
}

/**
 * The compiled module; undefined where none was handed in, or the engine lacks relaxed SIMD. Throws the engine's
 * CompileError for bytes that are no module.
 */
export function moduleOf(name: ModuleName): WebAssembly.Module | undefined {
  if (!compiled.has(name)) compiled.set(name, load(name));
  return compiled.get(name);
}

function load(name: ModuleName): WebAssembly.Module | undefined {
  const given = source?.(name);
  if (given === undefined) return undefined;
  // a module compiled in another realm (frame, worker, vm context) is no instance of this one's class
  if (Object.prototype.toString.call(given) === '[object WebAssembly.Module]') {
    return given as WebAssembly.Module;
  }
  const bytes = given as Uint8Array;
  return name === 'relaxed' && !WebAssembly.validate(bytes) ? undefined : new WebAssembly.Module(bytes);
}

/** What the stub runtime of AssemblyScript calls on a failed allocation; kernels make none. */
export function abort(): never {
  throw new Error('a WebAssembly kernel aborted');
}
