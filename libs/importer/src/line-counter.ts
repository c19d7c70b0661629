const feed = 0x0a;

/** Tells in which line a record of a byte stream begins; csv-parse's own count is wrong where CR LF stands inside quotes. */
export class LineCounter {
  private feeds: number[] = [];
  private next = 0;
  private seen = 0;
  private counted = 0;
  private last = -1;

  /** Takes note of a piece of the stream, in order. */
  pass(chunk: Buffer): void {
    if (this.next > 10_000) this.feeds = this.feeds.slice(this.next);
    if (this.next > 10_000) this.next = 0;
    for (let at = chunk.indexOf(feed); at >= 0; at = chunk.indexOf(feed, at + 1)) this.feeds.push(this.seen + at);
    this.seen += chunk.length;
  }

  /** The line, from 1, in which a record begins that ends before byte `end` and has `inside` line feeds in its cells. Ask in order. */
  lineOf(end: number, inside: number): number {
    for (let at = this.feeds[this.next]; at !== undefined && at < end; at = this.feeds[this.next]) {
      this.last = at;
      this.counted++;
      this.next++;
    }
    const ownFeed = this.last === end - 1 ? 1 : 0;
    return this.counted - inside + 1 - ownFeed;
  }
}
