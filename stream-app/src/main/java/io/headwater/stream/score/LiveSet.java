package io.headwater.stream.score;

import io.headwater.model.runtime.SegmentTrie;
import java.util.List;

/** The versions of all stages that are in force together, and the trie that runs them. */
public record LiveSet(List<Member> members, SegmentTrie trie) implements AutoCloseable {
  public LiveSet {
    members = List.copyOf(members);
  }

  @Override
  public void close() {
    trie.close();
  }
}
