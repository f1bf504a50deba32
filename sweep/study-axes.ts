/** The axes of a study as a program writes them: those of a sweep's spec, one value or a list each. */
import type { SpecAxes } from './spec.js';

/** A number, a range such as `'5..8'`, or a list of such. */
type Numbers = number | string | readonly (number | string)[];

/** The formats of one layer; what is left out is as in the other layers. */
interface LayerFormats {
  readonly weights?: string;
  readonly activations?: string;
}

/** An entry of `format`: a name, a grid of a family by its name, a pair, or an assignment by layer. */
export type StudyFormat =
  | string
  | { readonly [family: string]: Readonly<Record<string, Numbers>> }
  | {
      readonly name?: string;
      readonly weights: string;
      readonly activations: string;
      readonly layers?: Readonly<Record<string, LayerFormats>>;
    };

type OneOrMore<Values extends readonly unknown[]> = Values[number] | Values;

/** `format` must be given; every other axis has its default. Calibration images and seed are the study's own. */
export type StudyAxes = { readonly format: readonly StudyFormat[] } & {
  readonly [Name in Exclude<keyof SpecAxes, 'format' | 'calibrationImages' | 'seed'>]?: OneOrMore<
    SpecAxes[Name]
  >;
};
