/** What a look leaves under way (`LastingLook`). */
export interface UnderWay {
  /** Keeps count of it until it ends. It must not reject. */
  keep(work: Promise<void>): void;
  /** Resolves when nothing is under way any more, what was added meanwhile included. */
  finished(): Promise<void>;
}

export function createUnderWay(): UnderWay {
  const works = new Set<Promise<void>>();
  return {
    keep(work) {
      works.add(work);
      void work.finally(() => works.delete(work));
    },
    async finished() {
      while (works.size > 0) {
        await Promise.all(works);
      }
    },
  };
}
