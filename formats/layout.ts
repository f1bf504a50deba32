/** Where the bits of a code lie, for formats whose codes can be computed instead of looked up. */

export type CodeLayout =
  | { readonly kind: 'posit'; readonly exponentBits: number }
  /** Sign and magnitude, with subnormals; `leastExponent` is that of the smallest normal number. */
  | { readonly kind: 'float'; readonly fractionBits: number; readonly leastExponent: number }
  /** Integers times 2^lsbExponent, in two's complement or unsigned. */
  | { readonly kind: 'integer'; readonly lsbExponent: number; readonly signed: boolean };
