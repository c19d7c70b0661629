/**
 * How Node's heap of a service grows, in MiB. Young: what a command needs dies young; with room for it the append took a tenth
 * less CPU. Old: V8 begins with a small limit that the buffers of statements count towards, so it collected the whole heap
 * seven times a second; each time was 5 ms in which nobody was answered.
 */
export const heapFlags: readonly string[] = ['--max-semi-space-size=64', '--initial-old-space-size=256'];
