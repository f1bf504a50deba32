/**
 * A two-dimensional window over a channels-last image. conv1d has height 1; dense is one 1×1 window over one
 * pixel of `inChannels` features. The k products of an output go over (kernelHeight, kernelWidth, channels). Padding is
 * of real zeros. Units: pixels.
 */
export interface Window {
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly dilationY: number;
  readonly dilationX: number;
  readonly outHeight: number;
  readonly outWidth: number;
}
