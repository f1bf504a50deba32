/** How long the benches may take: a few minutes, or as long as good medians need. */
export type Effort = 'quick' | 'full';
