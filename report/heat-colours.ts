/** Colours of heat maps with numbers in their cells. */

/** Light to dark in one hue: in order for every kind of colour blindness, and in print without colour. */
export const LIGHTEST = '#f2f6fb';
export const DARKEST = '#0b3c6f';
/** Not quite grey: on dark pages greys turn round, and the cells beneath these do not. */
export const DARK_TEXT = '#0b1f33';
export const LIGHT_TEXT = '#f7faff';
