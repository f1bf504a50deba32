/** How long the benches may take: under a minute, or as long as good medians need. */
export type Effort = 'quick' | 'full';
